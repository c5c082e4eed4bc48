import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { Application } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { AppLink } from '../ui/app-link.tsx';
import { RepositoryLink } from '../ui/links.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Empty, PageFailure, Loading } from '../ui/state.tsx';
import { Tag, utc } from '../ui/tags.tsx';
import { FixSettingsPanel } from './fix-settings.tsx';

/** One application: whose it is, what belongs to it, how much risk it takes. */
export function ApplicationPage() {
  const { name = '' } = useParams();
  const application = useQuery({
    queryKey: ['application', name],
    queryFn: () => get<Application>(`applications/${encodeURIComponent(name)}`),
  });

  if (application.isPending) return <Loading what="the application" />;
  if (application.error) return <PageFailure error={application.error} retry={() => void application.refetch()} />;
  const { data } = application;
  return (
    <>
      <PageHead title={data.name} above={{ to: '/repositories', label: 'Repositories' }} tags={<Tag>{data.tier}</Tag>}>
        <Link to={withQuery('/alerts', { application: name })}>Alerts</Link> ·{' '}
        <Link to={withQuery('/findings', { application: name })}>findings</Link> ·{' '}
        <Link to={withQuery('/deadlines', { application: name })}>deadlines</Link> ·{' '}
        <Link to={withQuery('/fixes', { application: name })}>fixes</Link> ·{' '}
        <Link to={withQuery('/decisions', { application: name })}>decisions</Link>
      </PageHead>
      <Columns
        main={
          <Panel title="Repositories">
            {data.repositories.length === 0 ? (
              <Empty>None belongs to it yet.</Empty>
            ) : (
              <ul className="plain-list">
                {data.repositories.map((repository) => (
                  <li key={repository}>
                    <RepositoryLink repository={repository} />
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        }
        aside={
          <>
            <Tolerance application={data} />
            <FixSettingsPanel application={data.name} />
          </>
        }
      />
    </>
  );
}

function Tolerance({ application }: { readonly application: Application }) {
  const days = Object.entries(application.deadlines).map(([severity, count]) => `${severity} ${count} d`);
  return (
    <Panel title="Risk tolerance">
      <Facts
        of={[
          ['Name', application.tolerance],
          ['Team', application.team],
          ['Owners', application.owners.join(', ')],
          ['Exposure', application.exposure],
          ['Data', application.dataClass],
          ['Distributed', application.distribute === undefined ? 'not said: assumed' : application.distribute ? 'yes' : 'no'],
          ['Denied licences', application.deniedLicences.join(', ')],
          ['Blocks from', application.blocksFrom],
          ['Must be scanned for', application.requires.join(', ')],
          ['Deadlines', days.join(', ')],
          ['Stages', application.stages.join(', ')],
          ['Images', application.images.join(', ')],
          ['Runbook', application.runbook && <AppLink href={application.runbook}>{application.runbook}</AppLink>],
          ['Tags', application.tags.join(', ')],
          ['Version', `${application.version}, ${utc(application.updatedAt)}`],
        ]}
      />
    </Panel>
  );
}
