import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { AdvisoryDetail, BlastRadiusAnswer } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { attacksOf } from '../ui/exploitation.ts';
import { ApplicationLink, RepositoryLink } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Empty, Failure, PageFailure, Loading } from '../ui/state.tsx';
import { SeverityTag, Tag, utc } from '../ui/tags.tsx';

/** One advisory: what it says, and what of ours it touches. */
export function AdvisoryPage() {
  const { id = '' } = useParams();
  const advisory = useQuery({ queryKey: ['advisory', id], queryFn: () => get<AdvisoryDetail>(`advisories/${encodeURIComponent(id)}`) });

  if (advisory.isPending) return <Loading what="the advisory" />;
  if (advisory.error) return <PageFailure error={advisory.error} retry={() => void advisory.refetch()} />;
  const { data } = advisory;
  return (
    <>
      <PageHead
        title={data.summary || data.id}
        above={{ to: withQuery('/findings', { advisory: id }), label: 'Findings' }}
        tags={
          <>
            <SeverityTag severity={data.severity} />
            {!data.severityKnown && <Tag>guessed</Tag>}
            {data.kev && <Tag tone="alarm">known to be exploited</Tag>}
          </>
        }
      />
      <Columns
        main={
          <>
            <BlastRadius id={data.id} />
            <Panel title="What the publisher says">
              {data.details ? <p className="said">{data.details}</p> : <Empty>Nothing more.</Empty>}
            </Panel>
          </>
        }
        aside={<About advisory={data} />}
      />
    </>
  );
}

function About({ advisory }: { readonly advisory: AdvisoryDetail }) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Id', <span className="mono">{advisory.id}</span>],
          ['Also known as', advisory.aliases.join(', ')],
          ['CVSS', advisory.cvss?.toFixed(1)],
          ['EPSS', epssOf(advisory)],
          ['Attacks', exploitationOf(advisory)],
          [
            'Packages',
            <ul className="plain-list">
              {advisory.packages.map((one) => (
                <li key={`${one.ecosystem} ${one.name}`}>
                  {one.name} ({one.ecosystem}){one.fixed.length > 0 && `, fixed in ${one.fixed.join(', ')}`}
                </li>
              ))}
            </ul>,
          ],
          [
            'Told by',
            advisory.statements
              .map(({ feed, withdrawn, retracted }) => `${feed}${retracted ? ' (retracted)' : withdrawn ? ' (withdrawn)' : ''}`)
              .join(', '),
          ],
          ['Published', advisory.published && utc(advisory.published)],
          ['Changed', utc(advisory.modified)],
          ['Withdrawn', advisory.withdrawn && utc(advisory.withdrawn)],
        ]}
      />
    </Panel>
  );
}

function epssOf({ epss, epssBy }: AdvisoryDetail): string {
  if (epss === undefined) return 'not known yet';
  const source = [epssBy?.model, epssBy?.date].filter(Boolean).join(', ');
  return `${(epss * 100).toFixed(1)} % within 30 days${source && ` (${source})`}`;
}

function exploitationOf({ exploitation, listed }: AdvisoryDetail): string {
  if (listed) return `known since ${listed.added}${listed.ransomware ? ', by ransomware too' : ''} (${listed.feed})`;
  return attacksOf(exploitation);
}

function BlastRadius({ id }: { readonly id: string }) {
  const radius = useQuery({
    queryKey: ['blast', id],
    queryFn: () => get<BlastRadiusAnswer>(`advisories/${encodeURIComponent(id)}/blast-radius`),
  });
  return (
    <Panel title="What of ours it touches" aside={<Link to={withQuery('/findings', { advisory: id })}>its findings</Link>}>
      {radius.isPending && <Loading what="the blast radius" lines={3} />}
      {radius.error && <Failure error={radius.error} retry={() => void radius.refetch()} />}
      {radius.data && (
        <>
          <p>
            {radius.data.components} package versions in {radius.data.repositoriesTotal} repositories and {radius.data.artifactsTotal}{' '}
            images, as of {utc(radius.data.asOf)}
          </p>
          {radius.data.repositories.length > 0 && (
            <Rows
              what="repositories"
              items={radius.data.repositories}
              keyOf={(one) => one.repository}
              columns={[
                { head: 'Repository', wide: true, cell: (one) => <RepositoryLink repository={one.repository} /> },
                { head: 'Application', cell: (one) => <ApplicationLink name={one.application} /> },
                { head: 'Owner', cell: (one) => one.owner },
                { head: 'Packages', cell: (one) => <span className="mono">{one.purls.join(', ')}</span> },
              ]}
            />
          )}
          {radius.data.artifacts.length > 0 && (
            <Rows
              what="images"
              items={radius.data.artifacts}
              keyOf={(one) => `${one.repository} ${one.digest}`}
              columns={[
                { head: 'Image', wide: true, cell: (one) => one.image ?? one.digest },
                { head: 'Application', cell: (one) => <ApplicationLink name={one.application} /> },
                { head: 'Owner', cell: (one) => one.owner },
                { head: 'Packages', cell: (one) => <span className="mono">{one.purls.join(', ')}</span> },
              ]}
            />
          )}
        </>
      )}
    </Panel>
  );
}
