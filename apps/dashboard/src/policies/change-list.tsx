import { Link } from 'react-router';
import type { PolicyChange } from '@throughline/contracts';
import { PolicyLink } from '../ui/links.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';

/** In words that say the same to everybody. */
export const stateOf = ({ state }: PolicyChange): string => (state === 'awaiting_approval' ? 'requested' : state);

/** What is asked for, on a line. */
const actionOf = { publish: 'Publish another text', delete: 'Delete it', bundle: 'Publish together' } as const;

/** What it would follow: a version of a policy, or a bundle. */
export function ChangeBase({ change: { policy, base } }: { readonly change: PolicyChange }) {
  return policy === undefined ? <Link to={`/policies/bundles/${base}`}>bundle {base}</Link> : <PolicyLink name={policy} version={base} />;
}

/** Changes that would make a policy weaker, the latest first. */
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
        empty="None: nobody has asked to make a policy weaker."
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
          { head: 'Policy', cell: (change) => <ChangeBase change={change} /> },
          { head: 'State', cell: (change) => <StateTag state={stateOf(change)} /> },
          { head: 'Asked by', cell: ({ requestedBy }) => requestedBy },
          { head: 'When', cell: ({ requestedAt }) => <When time={requestedAt} /> },
        ]}
      />
    </>
  );
}
