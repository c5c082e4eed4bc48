import type { Scan } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { branchOf, CommitLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { StateTag, Tag, When } from '../ui/tags.tsx';

const columns: readonly Column<Scan>[] = [
  {
    head: 'Scanner',
    cell: (scan) => (
      <>
        {scan.tool} <span className="soft small">{scan.toolVersion}</span>
        <div className="soft small">{scan.finds.join(', ')}</div>
      </>
    ),
  },
  { head: 'State', cell: (scan) => <StateTag state={scan.status} /> },
  {
    head: 'What it said, why it did not run',
    wide: true,
    cell: (scan) => (
      <>
        {scan.reason ?? resultOf(scan)} {scan.cached && <Tag>from the cache</Tag>}
      </>
    ),
  },
  {
    head: 'Commit',
    cell: (scan) => (
      <>
        <CommitLink commit={scan.commit} />
        <div className="soft small">{scan.baseline ? 'to compare with' : branchOf(scan.ref)}</div>
      </>
    ),
  },
  { head: 'When', cell: (scan) => <When time={scan.finishedAt ?? scan.plannedAt} /> },
];

/** What each scanner did, the latest first, with why it did not. */
export function RepositoryScans({ repository }: { readonly repository: string }) {
  const list = useList<Scan>(withQuery('scans', { repository }), 5_000);
  return (
    <Panel title="Scans">
      <Listing list={list} what="scans" columns={columns} keyOf={(scan) => scan.id} empty="No scan was planned yet." />
    </Panel>
  );
}

function resultOf({ findings, components, durationMs, status }: Scan): string {
  if (findings === undefined) return status === 'planned' ? 'waits for its turn' : '';
  const found = `${findings} ${findings === 1 ? 'finding' : 'findings'}`;
  return [found, components ? `${components} components` : '', durationMs ? `${(durationMs / 1000).toFixed(1)} s` : '']
    .filter(Boolean)
    .join(', ');
}
