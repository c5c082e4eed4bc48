import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { get } from '../api.ts';
import { Mono } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { StateTag } from '../ui/tags.tsx';
import { shownTrace, type ShownSpan, type TraceDocument } from './trace-spans.ts';

/** The chain as one trace, drawn over time. It is made from the chain's own rows, so it is whole whatever became of recorded spans. */
export function TracePage() {
  const { id = '' } = useParams();
  const path = `chains/${encodeURIComponent(id)}/trace`;
  const trace = useQuery({ queryKey: ['trace', id], queryFn: () => get<TraceDocument>(path) });

  if (trace.isPending) return <Loading what="the trace" lines={10} />;
  if (trace.error) return <PageFailure error={trace.error} retry={() => void trace.refetch()} />;
  const { traceId, length, spans } = shownTrace(trace.data);
  return (
    <>
      <PageHead title="Trace of the chain" above={{ to: `/chains/${encodeURIComponent(id)}`, label: 'The chain' }}>
        {spans.length} spans over {duration(length)}. Trace <Mono>{traceId}</Mono>, as OTLP/JSON for your own tools:{' '}
        <a href={`/api/v1/${path}`} download={`trace-${id.slice(0, 12)}.json`}>
          download
        </a>
      </PageHead>
      <Rows
        what="spans"
        items={spans}
        keyOf={(span) => span.id}
        columns={[
          { head: 'Service', cell: (span) => span.service },
          {
            head: 'What',
            cell: (span) => (
              <>
                {span.title} {span.status && <StateTag state={span.status} />}
              </>
            ),
          },
          { head: 'When', wide: true, cell: (span) => <Bar span={span} length={length} /> },
          {
            head: 'Recorded in',
            cell: (span) =>
              span.recorded && (
                <span title={span.recorded} className="mono">
                  {span.recorded.slice(0, 8)}…
                </span>
              ),
          },
        ]}
      />
    </>
  );
}

function Bar({ span, length }: { readonly span: ShownSpan; readonly length: number }) {
  const share = (ms: number): number => (length === 0 ? 0 : (ms / length) * 100);
  return (
    <div>
      <div className="bar" aria-hidden>
        <span style={{ left: `${share(span.from)}%`, width: `max(3px, ${share(span.to - span.from)}%)` }} />
      </div>
      <span className="soft small">
        +{duration(span.from)}, for {duration(span.to - span.from)}
      </span>
    </div>
  );
}

function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
