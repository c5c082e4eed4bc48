import { Link } from 'react-router';
import type { PolicyChange } from '@throughline/contracts';
import { ApplicationLink, PolicyLink } from '../ui/links.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';

/** In words that say the same to everybody. */
export const stateOf = ({ state }: PolicyChange): string => (state === 'awaiting_approval' ? 'requested' : state);

/** What is asked for, on a line. */
const actionOf = {
  publish: 'Publish another text',
  delete: 'Delete it',
  bundle: 'Publish together',
  application: 'Take more risk',
} as const;

/** What it would follow: a version of a policy or an application, or a bundle. */
export function ChangeBase({ change: { policy, application, base } }: { readonly change: PolicyChange }) {
  if (application !== undefined)
    return (
      <>
        <ApplicationLink name={application} /> {base === 0 ? '(new)' : `version ${base}`}
      </>
    );
  return policy === undefined ? <Link to={`/policies/bundles/${base}`}>bundle {base}</Link> : <PolicyLink name={policy} version={base} />;
}

/** Changes that would make a policy weaker or let an application take more risk, the latest first. */
export function PolicyChangeList() {
  const list = useList<PolicyChange>('policies/changes');
  return (
    <>
      <PageHead title="Changes that weaken" above={{ to: '/policies', label: 'Policies' }}>
        One person asks for them, and another one approves: nothing is weaker before that.
      </PageHead>
      <Listing
        list={list}
        what="changes"
        keyOf={({ id }) => id}
        empty="None: nobody has asked to make a policy weaker, or to take more risk."
        columns={[
          {
            head: 'Change',
            wide: true,
            cell: ({ id, kind, weakens }) => (
              <>
                <Link to={`/policies/changes/${id}`}>{actionOf[kind]}</Link>
                <div className="soft small">{weakens.join(' · ')}</div>
              </>
            ),
          },
          { head: 'Of', cell: (change) => <ChangeBase change={change} /> },
          { head: 'State', cell: (change) => <StateTag state={stateOf(change)} /> },
          { head: 'Asked by', cell: ({ requestedBy }) => requestedBy },
          { head: 'When', cell: ({ requestedAt }) => <When time={requestedAt} /> },
        ]}
      />
    </>
  );
}
