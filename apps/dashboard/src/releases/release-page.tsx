import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { CheckReleaseDetail, ReleasedCheck } from '@throughline/contracts';
import { get } from '../api.ts';
import { CommitLink, Mono, RepositoryLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { Notice } from '../ui/notice.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Loading, PageFailure } from '../ui/state.tsx';
import { Tag, utc, When } from '../ui/tags.tsx';
import { ReleaseActions } from './release-actions.tsx';
import { ReleaseTag } from './release-list.tsx';
import { becameOf, cameOf, lengthOf, reachOf } from './release-words.ts';

interface ReleaseProps {
  readonly release: CheckReleaseDetail;
}

/** One release: why nobody could wait, who answers for it, and what became of each check. */
export function ReleasePage() {
  const { id = '' } = useParams();
  const release = useQuery({
    queryKey: ['check-release', id],
    queryFn: () => get<CheckReleaseDetail>(`check-releases/${encodeURIComponent(id)}`),
    refetchInterval: 10_000,
  });

  if (release.isPending) return <Loading what="the release" lines={10} />;
  if (release.error) return <PageFailure error={release.error} retry={() => void release.refetch()} />;
  const { data } = release;
  return (
    <>
      <PageHead
        title={`Check release ${data.label}`}
        above={{ to: '/check-releases', label: 'Check releases' }}
        tags={<ReleaseTag release={data} />}
        actions={<ReleaseActions release={data} />}
      >
        Lets pass unjudged: {reachOf(data)}
      </PageHead>
      <Columns
        main={
          <>
            <Waiting release={data} />
            <Panel title="Why nobody can wait for the judgement">
              <p className="said">{data.reason}</p>
            </Panel>
            <Checks release={data} />
          </>
        }
        aside={<About release={data} />}
      />
    </>
  );
}

function Waiting({ release: { state, minutes, waiting, mayConfirm, mayNotConfirmBecause } }: ReleaseProps) {
  if (state !== 'requested') return null;
  const many = waiting === 1 ? '1 check waits' : `${waiting} checks wait`;
  return (
    <Notice tone="info" title="Waits for a second person: nothing passes yet">
      <p>
        {many} for a judgement now. Confirmed, they pass unjudged for {lengthOf(minutes)}, and so do those that come meanwhile.
      </p>
      <p>{mayConfirm ? 'You can confirm exactly what is on this page.' : mayNotConfirmBecause}</p>
    </Notice>
  );
}

const columns: readonly Column<ReleasedCheck>[] = [
  { head: 'Repository', wide: true, cell: ({ repository }) => <RepositoryLink repository={repository} /> },
  { head: 'Commit', cell: ({ commit }) => <CommitLink commit={commit} /> },
  { head: 'Released', cell: ({ releasedAt }) => <When time={releasedAt} /> },
  { head: 'What became of it', cell: (check) => <Became check={check} /> },
  { head: 'Judged', cell: ({ judgedAt }) => judgedAt && <When time={judgedAt} /> },
  {
    head: 'Merged',
    cell: ({ number, mergedBy, mergedAt }) =>
      mergedAt && (
        <>
          #{number} by {mergedBy === undefined || mergedBy === '' ? 'somebody' : mergedBy}, <When time={mergedAt} />
        </>
      ),
  },
];

function Became({ check }: { readonly check: ReleasedCheck }) {
  const { word, tone } = becameOf(check);
  return <Tag tone={tone}>{word}</Tag>;
}

function Checks({ release }: ReleaseProps) {
  const list = useList<ReleasedCheck>(`check-releases/${encodeURIComponent(release.id)}/checks`, 10_000);
  return (
    <Panel title="Checks that it has released">
      <Listing
        list={list}
        what="released checks"
        columns={columns}
        keyOf={({ repository, commit }) => `${repository}@${commit}`}
        empty={
          release.confirmedAt === undefined
            ? 'None: it was not confirmed.'
            : 'None that you may see: nothing within it waited for a judgement.'
        }
      />
    </Panel>
  );
}

function About({ release }: ReleaseProps) {
  const { repository, source, confirmedAt, confirmedBy, until, endedAt, endedBy } = release;
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Lets pass', repository === undefined ? reachOf(release) : <RepositoryLink repository={repository} />],
          ['Source', source && <Mono>{source}</Mono>],
          ['Asked by', `${release.requestedBy}, ${utc(release.requestedAt)}`],
          ['Confirm before', release.state === 'requested' && utc(release.confirmBefore)],
          ['Confirmed by', confirmedAt && `${confirmedBy ?? 'somebody'}, ${utc(confirmedAt)}`],
          ['For', lengthOf(release.minutes)],
          ['Until', until && utc(until)],
          ['Ended by', endedAt && `${endedBy ?? 'somebody'}, ${utc(endedAt)}`],
          ['Ended because', release.endedNote],
          ['What came of it', confirmedAt && cameOf(release)],
          ['Wait for it now', release.state !== 'ended' && String(release.waiting)],
          ['Digest', <Mono>{release.digest.slice(0, 19)}</Mono>],
        ]}
      />
    </Panel>
  );
}
