import { severities, type DecisionMade, type DecisionReason, type ReasonFinding } from '@throughline/contracts';
import { code, line, linked, strong, type Line } from '../channels/message.ts';
import type { AlertStory, KnownFix } from './story.ts';
import { count, linkTo, packageName } from './words.ts';

const maxLines = 12;

/** The findings that block, worst first, each once; `total` also counts those that no reason names. */
export function blockingFindings(decisions: readonly DecisionMade[]): { named: readonly ReasonFinding[]; total: number } {
  const named = new Map<string, ReasonFinding>();
  let unnamed = 0;
  for (const reason of denials(decisions)) {
    for (const finding of reason.findings) named.set(finding.id, finding);
    unnamed += Math.max(0, reason.total - reason.findings.length);
  }
  const rank = (finding: ReasonFinding): number => severities.indexOf(finding.severity);
  return { named: [...named.values()].sort((a, b) => rank(a) - rank(b)), total: named.size + unnamed };
}

/** One line per finding: how bad, what, where, and the version that ends it. */
export function whatWeKnow(decisions: readonly DecisionMade[]): readonly Line[] {
  const { named, total } = blockingFindings(decisions);
  const lines = named
    .slice(0, maxLines)
    .map((finding) =>
      line(
        strong(finding.severity.toUpperCase()),
        ' ',
        ...(finding.cve ? [code(finding.cve), ' '] : []),
        finding.title,
        ...(finding.purl ? [' · ', code(finding.purl.replace(/^pkg:/, ''))] : []),
        ...(finding.place ? [' in ', code(finding.place)] : []),
        ...(finding.fixedIn ? [' · fixed in ', code(finding.fixedIn)] : []),
      ),
    );
  if (total > lines.length && lines.length > 0) lines.push(line(`and ${total - lines.length} more`));
  return lines;
}

/** The policies that deny, with their version and what they say, and the tolerance they were judged by. */
export function whyItBlocks(decisions: readonly DecisionMade[]): readonly Line[] {
  const lines = denials(decisions)
    .slice(0, maxLines)
    .map((reason) =>
      line(
        'policy ',
        code(reason.policy),
        ` v${reason.version}`,
        reason.message ? `: ${reason.message}` : '',
        reason.new ? '' : ' (not new in this change)',
      ),
    );
  const blocking = decisions.filter((decision) => decision.result === 'deny' || decision.result === 'undecided');
  for (const decision of blocking) {
    if (decision.result === 'undecided') lines.push(line(`the ${decision.gate} gate could not decide, and what is unknown does not pass`));
  }
  const tolerance = blocking.find((decision) => decision.tolerance !== '')?.tolerance;
  if (tolerance) lines.push(line('judged by the risk tolerance ', strong(tolerance)));
  return lines;
}

/** Proposed fixes first, then the advice of the policies that no proposal answers. */
export function doNow(story: AlertStory): readonly Line[] {
  const lines = story.fixes.slice(0, maxLines).map((fix) => fixLine(fix, story.publicUrl));
  const proposed = new Set(story.fixes.flatMap((fix) => fix.findings));
  const advice = new Set<string>();
  for (const reason of denials(story.decisions)) {
    const answered = reason.findings.length === reason.total && reason.findings.every((finding) => proposed.has(finding.id));
    if (!answered && reason.fix !== '') advice.add(reason.fix);
  }
  for (const text of advice) lines.push(line(text));
  if (lines.length === 0) lines.push(line('Look at what is missing below; when it arrives the check is decided by itself'));
  return lines.slice(0, maxLines);
}

/** What could not be known; no line is left out because it is inconvenient. */
export function unknowns(story: AlertStory): readonly Line[] {
  const missing = new Set(story.decisions.flatMap((decision) => decision.missing));
  const lines = [...missing].slice(0, maxLines).map((text) => line(text));
  if (missing.size > maxLines) lines.push(line(`and ${missing.size - maxLines} more things`));
  if (story.application.name === 'unassigned') lines.push(line('Whose this is: the repository belongs to no application yet'));
  else if (!story.application.team) lines.push(line('Which team owns ', strong(story.application.name)));
  return lines;
}

function fixLine(fix: KnownFix, publicUrl: string): Line {
  return line(
    'Raise ',
    code(packageName(fix.package)),
    ' from ',
    code(fix.from),
    ' to ',
    code(fix.to),
    `: closes ${count(fix.findings.length, 'finding', 'findings')} (`,
    linked('proposed edit', linkTo(publicUrl, 'fixes', fix.proposal)),
    ')',
  );
}

function denials(decisions: readonly DecisionMade[]): readonly DecisionReason[] {
  return decisions
    .filter((decision) => decision.result === 'deny')
    .flatMap((decision) => decision.reasons.filter((reason) => reason.effect === 'deny'));
}
