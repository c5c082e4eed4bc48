import { useQuery } from '@tanstack/react-query';
import type { ChangedComponent, DiffedComponent, SbomDiff } from '@throughline/contracts';
import { useSearchParams } from 'react-router';
import { get, withQuery } from '../api.ts';
import { Rows, type Column } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Empty, Loading, PageFailure } from '../ui/state.tsx';
import { utc } from '../ui/tags.tsx';
import { AboutSbom } from './about-sbom.tsx';
import { originOf } from './origin.ts';

const component: readonly Column<DiffedComponent>[] = [
  { head: 'Package', wide: true, cell: ({ purl }) => <span className="mono">{purl}</span> },
  { head: 'Licence', cell: ({ licence }) => licence },
];

const changed: readonly Column<ChangedComponent>[] = [
  { head: 'Package', wide: true, cell: ({ purl }) => <span className="mono">{purl}</span> },
  { head: 'Before', cell: ({ from }) => from.join(', ') },
  { head: 'Now', cell: ({ to }) => to.join(', ') },
];

/** What one SBOM has that another one has not. */
export function SbomDiffPage() {
  const [params] = useSearchParams();
  const path = withQuery('sboms/diff', { from: params.get('from') ?? '', to: params.get('to') ?? '' });
  const diff = useQuery({ queryKey: ['sbom-diff', path], queryFn: () => get<SbomDiff>(path) });

  if (diff.isPending) return <Loading what="the differences" />;
  if (diff.error) return <PageFailure error={diff.error} retry={() => void diff.refetch()} />;
  const { data } = diff;
  return (
    <>
      <PageHead title="What changed between two SBOMs" above={{ to: '/sboms', label: 'SBOMs' }} />
      <Columns
        main={
          <>
            <Part title="Added" total={data.addedTotal} items={data.added} columns={component} />
            <Part title="Changed" total={data.changedTotal} items={data.changed} columns={changed} />
            <Part title="Removed" total={data.removedTotal} items={data.removed} columns={component} />
          </>
        }
        aside={
          <>
            <Side title="Before" sbom={data.from} />
            <Side title="Now" sbom={data.to} />
          </>
        }
      />
    </>
  );
}

interface PartProps<T> {
  readonly title: string;
  readonly total: number;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
}

function Part<T extends { readonly purl: string }>({ title, total, items, columns }: PartProps<T>) {
  return (
    <Panel title={`${title}: ${total}`}>
      {items.length === 0 ? <Empty>Nothing.</Empty> : <Rows what={title} columns={columns} keyOf={({ purl }) => purl} items={items} />}
      {items.length < total && <p className="soft">The first {items.length} are shown.</p>}
    </Panel>
  );
}

function Side({ title, sbom }: { readonly title: string; readonly sbom: SbomDiff['from'] }) {
  return (
    <Panel title={title}>
      <Facts
        of={[
          ['What it lists', <AboutSbom sbom={sbom} />],
          ['Components', sbom.components],
          ['Origin', originOf(sbom)],
          ['Came', utc(sbom.createdAt)],
        ]}
      />
    </Panel>
  );
}
