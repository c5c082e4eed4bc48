import type { RestReason, SourceInstallation, SourceReach } from '@throughline/contracts';
import { Path, RepositoryLink } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { Empty } from '../ui/state.tsx';
import { Tag, When } from '../ui/tags.tsx';
import type { Tone } from '../ui/tones.ts';

const tones: Readonly<Record<SourceInstallation['state'], Tone>> = { active: 'good', suspended: 'warn', removed: 'bad' };

/** Why a repository is not asked for, in a word; what is over at its host is nobody's fault. */
export function RestTag({ reason }: { readonly reason: RestReason }) {
  return <Tag tone={reason === 'archived' || reason === 'deleted' ? 'plain' : 'warn'}>{reason}</Tag>;
}

/** What a source was given at its host, and what it lost. */
export function ReachPanel({ reach }: { readonly reach: SourceReach }) {
  return (
    <>
      <Panel title="What the App may see">
        {reach.installations.length === 0 ? (
          <Empty>The App is not known to be installed anywhere.</Empty>
        ) : (
          <Rows
            what="installations of the App"
            items={reach.installations}
            keyOf={({ installation }) => installation}
            columns={[
              { head: 'Installed at', cell: ({ account }) => account },
              { head: 'State', cell: ({ state }) => <Tag tone={tones[state]}>{state}</Tag> },
              { head: 'Repositories given', cell: ({ given }) => given },
              {
                head: 'What is new',
                wide: true,
                cell: (one) =>
                  one.fault ? <Path of={`not known: ${one.fault}`} /> : one.connected ? 'is connected' : 'waits until it is connected',
              },
              { head: 'Since', cell: ({ since }) => <When time={since} /> },
            ]}
          />
        )}
      </Panel>
      {reach.repositories.length > 0 && (
        <Panel title="Repositories that rest">
          <p className="soft small">
            {reach.resting > reach.repositories.length
              ? `The last ${reach.repositories.length} of ${reach.resting}: `
              : 'What is known of them is kept: '}
            nothing is asked for until they are back.
          </p>
          <Rows
            what="repositories that rest"
            items={reach.repositories}
            keyOf={({ repository }) => repository}
            columns={[
              { head: 'Repository', cell: ({ repository }) => <RepositoryLink repository={repository} /> },
              { head: 'Why', cell: ({ reason }) => <RestTag reason={reason} /> },
              { head: 'What may help', wide: true, cell: ({ detail }) => detail },
              { head: 'Since', cell: ({ since }) => <When time={since} /> },
            ]}
          />
        </Panel>
      )}
    </>
  );
}
