import { failModes, modes, type PolicyDocument } from './policy.ts';
import { severityRank } from './severity.ts';

/**
 * What of a policy would bite less than before, as short texts; empty when nothing does. It sees what can be read off the
 * document; an expression that became narrower is found by replaying decisions.
 */
export function weakens(before: PolicyDocument, after: PolicyDocument): readonly string[] {
  const found: string[] = [];
  if (modes.indexOf(after.mode) < modes.indexOf(before.mode)) found.push(`mode ${before.mode} → ${after.mode}`);
  if (failModes.indexOf(after.failMode) < failModes.indexOf(before.failMode)) found.push('fails open instead of closed');
  for (const gate of before.gates) if (!after.gates.includes(gate)) found.push(`no longer bound to the ${gate} gate`);
  for (const needed of before.needs) if (!after.needs.includes(needed)) found.push(`no longer needs ${needed}`);
  if (severityRank(after.severity) < severityRank(before.severity)) found.push(`severity ${before.severity} → ${after.severity}`);
  if (after.warnOnly !== undefined && after.warnOnly !== before.warnOnly) found.push('warns where it used to block (warnOnly)');
  if (after.repositorySuppressions === 'allow' && before.repositorySuppressions !== 'allow')
    found.push('lets what repositories ask scanners not to say count unapproved (repositorySuppressions)');
  if (after.each === 'added' && before.each === 'findings') found.push('looks at added findings only');
  return found;
}
