import { shownTrace, type TraceDocument } from './trace-spans.ts';

const span = (id: string, from: number, to: number, recorded?: string) => ({
  traceId: 'trace',
  spanId: id,
  name: 'scan.completed',
  startTimeUnixNano: `${1_795_331_301_000 + from}000000`,
  endTimeUnixNano: `${1_795_331_301_000 + to}000000`,
  attributes: [{ key: 'throughline.title', value: { stringValue: `span ${id}` } }],
  ...(recorded && { links: [{ traceId: recorded, attributes: [{ key: 'throughline.link', value: { stringValue: 'recorded' } }] }] }),
});

const resource = (name: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: name } }] });

describe('a trace as it is shown', () => {
  it('puts the spans of all services in the order of time, counted from its start', () => {
    const document: TraceDocument = {
      resourceSpans: [
        { resource: resource('ledger'), scopeSpans: [{ spans: [span('b', 100, 350, 'r1')] }] },
        { resource: resource('ingest'), scopeSpans: [{ spans: [span('a', 0, 100)] }] },
      ],
    };

    const { length, spans } = shownTrace(document);

    expect(length).toBe(350);
    expect(spans).toEqual([
      expect.objectContaining({ id: 'a', service: 'ingest', title: 'span a', from: 0, to: 100 }),
      expect.objectContaining({ id: 'b', service: 'ledger', from: 100, to: 350, recorded: 'r1' }),
    ]);
  });

  it('is empty without spans', () => {
    expect(shownTrace({ resourceSpans: [] })).toEqual({ traceId: '', length: 0, spans: [] });
  });
});
