import type { TreeListing } from '../runner/git/tree-listing.ts';
import { select } from '../runner/copies.ts';
import type { Equipment } from '../runner/scanner-desk.ts';
import type { Scanner } from '../scanners/scanner.ts';
import { isChange } from '../tools/toolbox.ts';

/** What a tree needs of one scanner. */
export interface ExpectedItem {
  readonly tool: string;
  readonly finds: readonly string[];
  readonly ruleset: string;
  readonly input: string;
  readonly state: 'planned' | 'unavailable' | 'not_applicable';
  readonly reason?: string;
}

/** The family within which two runs compare; with rules of the operator, these very rules. */
export function rulesetOf({ ruleset }: Scanner, equipment: Equipment | string): string {
  return typeof equipment === 'string' || !equipment.rules ? ruleset : `${ruleset}-${equipment.rules.digest}`;
}

/** Whether the scanner applies to the tree and can run. */
export async function expect(
  scanner: Scanner,
  listing: TreeListing,
  equip: (scanner: Scanner) => Promise<Equipment | string>,
): Promise<ExpectedItem> {
  const { name: tool, finds } = scanner;
  const { files, also, digest: input } = await select(scanner, listing);
  if (files.length === 0 && also.length === 0)
    return { tool, finds, ruleset: scanner.ruleset, input, state: 'not_applicable', reason: scanner.nothing };
  const equipment = await equip(scanner);
  const item = { tool, finds, ruleset: rulesetOf(scanner, equipment), input };
  // A tool that somebody touched is expected all the same: its run then fails, and does not merely go missing.
  return typeof equipment === 'string' && !isChange(equipment)
    ? { ...item, state: 'unavailable', reason: `unavailable: ${equipment}`.slice(0, 500) }
    : { ...item, state: 'planned' };
}
