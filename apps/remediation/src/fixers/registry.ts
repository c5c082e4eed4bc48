import type { Fixer } from './fixer.ts';
import { npm } from './npm/npm.ts';
import { pypi } from './pypi/pypi.ts';

/** Every fixer; its folder is named like it. */
export const fixers: readonly Fixer[] = [npm, pypi];

/** The fixer of an ecosystem (OSV name); undefined when nobody can fix it. */
export function findFixer(ecosystem: string): Fixer | undefined {
  return fixers.find((fixer) => fixer.ecosystem === ecosystem);
}
