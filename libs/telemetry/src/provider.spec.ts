import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { carrierNow, traceIdNow, traceIdOf } from './carrier.ts';
import { droppedSpans, flushTelemetry, startTelemetry } from './provider.ts';
import { inService } from './service-scope.ts';
import { inSpan } from './span.ts';

const exporter = new InMemorySpanExporter();

beforeAll(() => startTelemetry(exporter));
beforeEach(() => exporter.reset());

async function spans() {
  await flushTelemetry();
  return exporter.getFinishedSpans();
}

describe('a span', () => {
  it('belongs to the service in which it was started, whatever runs beside it', async () => {
    const work = (name: string) => inService(name, () => inSpan(`work of ${name}`, {}, () => inSpan('part', {}, async () => undefined)));

    await Promise.all([work('ingest'), work('ledger')]);

    const named = (await spans()).map(({ name, resource }) => [name, resource.attributes['service.name']]);
    expect(named).toEqual(
      expect.arrayContaining([
        ['work of ingest', 'ingest'],
        ['work of ledger', 'ledger'],
        ['part', 'ledger'],
      ]),
    );
    expect(new Set((await spans()).map(({ resource }) => resource)).size).toBe(2);
  });

  it('continues a stored carrier', async () => {
    const carrier = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };

    const seen = await inSpan('handled', { parent: carrier }, async () => traceIdNow());

    expect(seen).toBe(traceIdOf(carrier));
  });

  it('starts a trace of its own when it is a root, with at most 100 links', async () => {
    const links = Array.from({ length: 130 }, () => ({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }));

    await inSpan('outer', {}, () => inSpan('own', { root: true, links: [{ traceparent: 'malformed' }, ...links] }, async () => undefined));

    const own = (await spans()).find(({ name }) => name === 'own')!;
    expect(own.parentSpanContext).toBeUndefined();
    expect(own.links).toHaveLength(99);
  });

  it('tells the kind of an error and not its message', async () => {
    const failing = inSpan('failing', {}, () => Promise.reject(new TypeError('the password is hunter2')));

    await expect(failing).rejects.toThrow(TypeError);
    const [span] = await spans();
    expect(span).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'TypeError' }, events: [] });
  });

  it('can be carried', async () => {
    const carrier = await inSpan('outer', {}, async (span) => ({ now: carrierNow(), id: span.spanContext().spanId }));

    expect(carrier.now.traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-${carrier.id}-01$`));
    expect(carrierNow()).toEqual({});
  });

  it('is not lost among 20,000 that end at once', async () => {
    await Promise.all(Array.from({ length: 20_000 }, () => inSpan('many', {}, async () => undefined)));

    const many = (await spans()).filter(({ name }) => name === 'many');
    expect(many).toHaveLength(20_000);
    expect(droppedSpans()).toBe(0);
  });
});
