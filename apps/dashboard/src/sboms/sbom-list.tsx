import type { SbomSummary } from '@throughline/contracts';
import { Link } from 'react-router';
import { withQuery } from '../api.ts';
import { Filters, TextFilter, useFilters } from '../ui/filters.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { When } from '../ui/tags.tsx';
import { AboutSbom } from './about-sbom.tsx';
import { originOf } from './origin.ts';
import { formerOf } from './former.ts';

const names = ['repository', 'commit', 'image', 'artifact'] as const;

/** Inventories of commits and images, the latest first; each leads to what changed since the one before. */
export function SbomList() {
  const filters = useFilters();
  const list = useList<SbomSummary>(withQuery('sboms', Object.fromEntries(names.map((name) => [name, filters.params.get(name) ?? '']))));
  const former = formerOf(list.data?.pages.flatMap((page) => page.items) ?? []);
  return (
    <>
      <PageHead title="SBOMs" />
      <Filters filters={filters}>
        <TextFilter filters={filters} label="Clone URL" name="repository" />
        <TextFilter filters={filters} label="Image" name="image" />
        <TextFilter filters={filters} label="Digest" name="artifact" />
      </Filters>
      <Listing
        list={list}
        what="SBOMs"
        columns={columnsWith(former)}
        keyOf={(sbom) => sbom.id}
        empty="No SBOM matches. One is made of the lock files of every scanned commit, or sent: npx throughline sbom upload <file>"
      />
    </>
  );
}

function columnsWith(former: ReadonlyMap<string, SbomSummary>): readonly Column<SbomSummary>[] {
  return [
    { head: 'What it lists', wide: true, cell: (sbom) => <AboutSbom sbom={sbom} /> },
    { head: 'Components', cell: (sbom) => sbom.components },
    { head: 'Origin', cell: originOf },
    { head: 'When', cell: (sbom) => <When time={sbom.createdAt} /> },
    {
      head: 'Changes',
      cell: (sbom) => {
        const before = former.get(sbom.id);
        return before && <Link to={withQuery('/sboms/diff', { from: before.id, to: sbom.id })}>since the one before</Link>;
      },
    },
    {
      head: 'Document',
      cell: (sbom) => (
        <a href={`/api/v1/sboms/${encodeURIComponent(sbom.id)}`} download={`${sbom.id}.cdx.json`}>
          CycloneDX
        </a>
      ),
    },
  ];
}
