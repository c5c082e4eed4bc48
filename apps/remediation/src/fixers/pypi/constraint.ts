import { satisfies, valid } from '@renovatebot/pep440';

/** Whether a constraint of a requirements file, Pipfile or pyproject.toml lets a version in; false for one that we cannot read. */
export function admits(constraint: string, version: string): boolean {
  return constraint.split('||').some((part) =>
    part
      .split(',')
      .map((clause) => clause.trim())
      .filter((clause) => clause !== '')
      .every((clause) => admitsClause(clause, version)),
  );
}

/** The constraint that asks for the version in the manner of the old one; undefined when it should not be rewritten by machine. */
export function raisedConstraint(
  constraint: string,
  change: { readonly from: readonly string[]; readonly to: string },
): string | undefined {
  const open = change.from.some((version) => admits(constraint, version));
  if (!open && admits(constraint, change.to)) return constraint;
  const simple = /^(\s*)(===?|\^|~=?|>=)?(\s*)([\w.+!-]+)(\s*)$/.exec(constraint);
  if (!simple || valid(simple[4]) === null) return admits(constraint, change.to) ? constraint : undefined;
  if (simple[2] === '~=') return `${simple[1]}${compatible(simple[3]!, simple[4]!, change.to)}${simple[5]}`;
  return `${simple[1]}${simple[2] ?? ''}${simple[3]}${change.to}${simple[5]}`;
}

/** `~=3.1` lets 3.2 in, `~=3.1.6` does not: what it lets in above stays. */
function compatible(space: string, before: string, to: string): string {
  const parts = before.split('.').length;
  if (parts >= to.split('.').length) return `~=${space}${to}`;
  return `~=${space}${to.split('.').slice(0, parts).join('.')},>=${to}`;
}

function admitsClause(clause: string, version: string): boolean {
  if (clause === '*') return true;
  if (/^[\^~](?!=)/.test(clause)) return satisfies(version, poetryRange(clause));
  const specifier = /^[\d*]/.test(clause) ? `==${clause}` : clause;
  try {
    return satisfies(version, specifier);
  } catch {
    return false;
  }
}

/** Poetry's caret and tilde as PEP 440: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`. */
function poetryRange(clause: string): string {
  const base = clause.slice(1).trim();
  const parts = base.split('.').map(Number);
  if (parts.some((part) => !Number.isInteger(part))) return '<0';
  const firstSet = parts.findIndex((part) => part > 0);
  const caret = firstSet < 0 ? parts.length - 1 : firstSet;
  const index = clause.startsWith('^') ? caret : Math.min(1, parts.length - 1);
  const above = [...parts.slice(0, index), parts[index]! + 1];
  return `>=${base},<${above.join('.')}`;
}
