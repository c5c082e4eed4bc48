import { Link } from 'react-router';
import type { PolicySummary } from '@throughline/contracts';
import { PolicyLink } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { SeverityTag, Tag } from '../ui/tags.tsx';

const columns: readonly Column<PolicySummary>[] = [
  {
    head: 'Policy',
    wide: true,
    cell: (policy) => (
      <>
        <PolicyLink name={policy.name} version={policy.version} />
        <div className="soft small">{policy.description}</div>
      </>
    ),
  },
  { head: 'Mode', cell: (policy) => <Tag tone={policy.mode === 'enforce' ? 'good' : 'warn'}>{policy.mode}</Tag> },
  { head: 'Gates', cell: (policy) => policy.gates.join(', ') },
  { head: 'Severity', cell: (policy) => <SeverityTag severity={policy.severity} /> },
  { head: 'When unsure', cell: (policy) => (policy.failMode === 'closed' ? 'blocks' : 'lets pass') },
  { head: 'From', cell: (policy) => (policy.builtIn ? 'built in' : policy.by) },
];

/** The rules that the gates judge by. */
export function PolicyList() {
  const list = useList<PolicySummary>('policies');
  return (
    <>
      <PageHead title="Policies">
        The rules that the gates judge by. Each carries its own cases; one whose cases fail is never in force. What was in force together,
        by whom and how to go back: <Link to="/policies/bundles">bundles</Link>. What would weaken one waits for a second person:{' '}
        <Link to="/policies/changes">changes</Link>.
      </PageHead>
      <Listing
        list={list}
        what="policies"
        columns={columns}
        keyOf={(policy) => policy.name}
        empty="No policy is in force: no gate can decide."
      />
    </>
  );
}
