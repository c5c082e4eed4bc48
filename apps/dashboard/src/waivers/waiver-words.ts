import type { WaiverAnswer } from '@throughline/contracts';

/** What a waiver covers, on one line. */
export function coveredBy({ scope }: Pick<WaiverAnswer, 'scope'>): string {
  const { findings, cve, advisory, rule, purl, path, policy, anyOf } = scope;
  const named = findings && (findings.length === 1 ? findings[0]!.title : `${findings.length} findings, ${findings[0]!.title} among them`);
  const said = [
    named,
    cve,
    advisory,
    rule && `rule ${rule}`,
    purl?.replace(/^pkg:/, ''),
    path,
    scope.class,
    anyOf && linesOf(anyOf),
    policy && `for ${policy} only`,
  ];
  return said.filter(Boolean).join(' · ');
}

/** What lines of a repository ask for. */
function linesOf(lines: NonNullable<WaiverAnswer['scope']['anyOf']>): string {
  const [first] = lines;
  if (!first) return 'nothing any more: its lines are gone';
  return lines.length === 1 ? first.mark : `${lines.length} lines, ${first.mark} among them`;
}

/** Who asked: a person here, or a file on the default branch by the authors of its lines. */
export function askedBy({ requestedBy, origin }: Pick<WaiverAnswer, 'requestedBy' | 'origin'>): string {
  return origin ? `${requestedBy} in ${origin.file}` : requestedBy;
}

/** How a waiver stands, in one word: over is over, whether its owner has said so yet or not. */
export function standingOf({ state, until, endedBecause }: Pick<WaiverAnswer, 'state' | 'until' | 'endedBecause'>): string {
  if (state === 'ended') return endedBecause ?? 'ended';
  return Date.parse(until) <= Date.now() ? 'expired' : state;
}
