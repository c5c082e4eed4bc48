import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { FindingCount, Page } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { Rows } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { toneOfSeverity } from '../ui/tones.ts';

const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;

/** Open findings by class and severity; each number leads to its findings. */
export function OpenFindings({ repository }: { readonly repository: string }) {
  const query = { repository, detection: 'open' };
  const counts = useQuery({
    queryKey: ['counts', repository],
    queryFn: () => get<Page<FindingCount>>(withQuery('findings/counts', query)),
    refetchInterval: 10_000,
  });
  return (
    <Panel title="Open findings" aside={<Link to={withQuery('/findings', query)}>all of them</Link>}>
      {counts.isPending && <Loading what="the numbers" lines={4} />}
      {counts.error && <Failure error={counts.error} retry={() => void counts.refetch()} />}
      {counts.data?.items.length === 0 && <Empty>Nothing is open. That says nothing about what was not scanned: see below.</Empty>}
      {counts.data && counts.data.items.length > 0 && <Numbers counts={counts.data.items} query={query} />}
    </Panel>
  );
}

interface NumbersProps {
  readonly counts: readonly FindingCount[];
  readonly query: Readonly<Record<string, string>>;
}

function Numbers({ counts, query }: NumbersProps) {
  const classes = [...new Set(counts.map((count) => count.class))].sort();
  const of = (name: string, severity: string): number => counts.find((one) => one.class === name && one.severity === severity)?.count ?? 0;
  return (
    <Rows
      what="open findings by class and severity"
      items={classes}
      keyOf={(name) => name}
      columns={[
        { head: 'Class', wide: true, cell: (name) => name },
        ...severities.map((severity) => ({
          head: severity,
          cell: (name: string) =>
            of(name, severity) > 0 ? (
              <Link className="tag" data-tone={toneOfSeverity(severity)} to={withQuery('/findings', { ...query, class: name, severity })}>
                {of(name, severity)}
              </Link>
            ) : (
              <span className="soft">–</span>
            ),
        })),
      ]}
    />
  );
}
