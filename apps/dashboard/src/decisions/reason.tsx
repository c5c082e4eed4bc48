import { Link } from 'react-router';
import type { DecisionDetail, GateReason } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { FindingLink, PolicyLink } from '../ui/links.tsx';
import { Facts, Panel } from '../ui/page.tsx';
import { SeverityTag, Tag } from '../ui/tags.tsx';

/** Why one policy did not let the subject through, and the way out. */
export function Reason({ reason, decision }: { readonly reason: GateReason; readonly decision: DecisionDetail }) {
  const { commit, repository } = decision.subject;
  return (
    <Panel
      title={reason.message}
      aside={<Tag tone={reason.effect === 'deny' ? 'bad' : 'warn'}>{reason.effect === 'deny' ? 'blocks' : 'warns'}</Tag>}
    >
      <Facts
        of={[
          ['What to do', reason.fix && <strong>{reason.fix}</strong>],
          ['Policy', <PolicyLink name={reason.policy} version={reason.version} />],
          ['Severity', <SeverityTag severity={reason.severity} />],
          ['New here', reason.new ? 'yes: this change adds it' : 'no: it was there before'],
          ['Place', reason.place && <span className="mono">{reason.place}</span>],
        ]}
      />
      {reason.findings.length > 0 && (
        <ul className="bullets findings">
          {reason.findings.map((finding) => (
            <li key={finding.id}>
              <FindingLink id={finding.id}>{finding.title}</FindingLink> <SeverityTag severity={finding.severity} />
              <div className="soft small">
                {finding.cve} <span className="mono">{finding.place}</span> {finding.purl?.replace(/^pkg:/, '')}
                {finding.fixedIn && `, fixed in ${finding.fixedIn}`}
              </div>
            </li>
          ))}
          {reason.total > reason.findings.length && (
            <li>
              <Link to={withQuery('/findings', { repository, commit })}>and {reason.total - reason.findings.length} more</Link>
            </li>
          )}
        </ul>
      )}
      <p className="small">
        Cannot fix it now?{' '}
        <Link to={withQuery('/waivers/new', { policy: reason.policy, decision: decision.id })}>Ask for an exception</Link>
      </p>
    </Panel>
  );
}
