import type { WaiverAnswer } from '@throughline/contracts';

/** What a waiver covers, on one line. */
export function coveredBy({ scope }: Pick<WaiverAnswer, 'scope'>): string {
  const { findings, cve, advisory, rule, purl, path, policy } = scope;
  const named = findings && (findings.length === 1 ? findings[0]!.title : `${findings.length} findings, ${findings[0]!.title} among them`);
  const said = [
    named,
    cve,
    advisory,
    rule && `rule ${rule}`,
    purl?.replace(/^pkg:/, ''),
    path,
    scope.class,
    policy && `for ${policy} only`,
  ];
  return said.filter(Boolean).join(' · ');
}

/** How a waiver stands, in one word: over is over, whether its owner has said so yet or not. */
export function standingOf({ state, until, endedBecause }: Pick<WaiverAnswer, 'state' | 'until' | 'endedBecause'>): string {
  if (state === 'ended') return endedBecause ?? 'ended';
  return Date.parse(until) <= Date.now() ? 'expired' : state;
}
