import type { FindingsEvaluated } from '@throughline/contracts';
import type { Judgement } from './fix-progress.ts';
import type { FixRow } from './fix-rows.ts';

/**
 * What an evaluation of the head of a branch says about its fix; undefined when it says nothing about it. What could not be
 * evaluated is never read as gone.
 */
export function judgementOf(
  fix: Pick<FixRow, 'findings' | 'base_findings' | 'tool' | 'ecosystem'>,
  fact: Pick<FindingsEvaluated, 'tool' | 'outcome' | 'notEvaluated'>,
  present: readonly string[],
): Judgement | undefined {
  if (fact.tool !== fix.tool) return undefined;
  const left = fix.findings.filter((finding) => present.includes(finding));
  const known = new Set([...fix.findings, ...fix.base_findings]);
  const added = present.filter((finding) => !known.has(finding));
  if (left.length > 0) return { proof: 'not_fixed', reason: `${left.length} of ${fix.findings.length} findings are still there` };
  if (added.length > 0)
    return { proof: 'not_fixed', reason: `${count(added.length, 'finding')} that ${added.length === 1 ? 'was' : 'were'} not there before` };
  if (fact.outcome !== 'evaluated') return { proof: 'unverified', reason: `${fact.tool} could not evaluate the branch` };
  const missing = fact.notEvaluated.find(({ what }) => [fix.ecosystem, fix.tool].some((name) => name.toLowerCase() === what.toLowerCase()));
  if (missing) return { proof: 'unverified', reason: `${missing.what} was not evaluated: ${missing.reason}` };
  return { proof: 'verified' };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
