import type { Right } from '@throughline/service';

/** Rights, and what they count for: the applications whose rows they reach, the teams whose tokens and members. */
export interface Grant {
  readonly rights: readonly string[];
  readonly applications: Reach;
  readonly teams: Reach;
}

/** All, or those of these names. */
export type Reach = '*' | readonly string[];

/** Everything, everywhere. */
export const everything: Grant = { rights: ['*'], applications: '*', teams: '*' };

/** Each grant as far as the other also allows it; what is left of nothing is left out. */
export function within(grants: readonly Grant[], bound: Grant): Grant[] {
  return grants
    .map((grant) => ({
      rights: common(grant.rights.includes('*') ? '*' : grant.rights, bound.rights.includes('*') ? '*' : bound.rights),
      applications: common(grant.applications, bound.applications),
      teams: common(grant.teams, bound.teams),
    }))
    .map(({ rights, ...scope }) => ({ ...scope, rights: rights === '*' ? ['*'] : rights }))
    .filter(({ rights }) => rights.length > 0);
}

/**
 * Everything that the grants allow as one grant, for the scope in which they allow a right, else for all of their scopes.
 * Rights that count for a part of that scope only are left out: nobody gets the rights of one team in another.
 */
export function reachOf(grants: readonly Grant[], right: Right | undefined): Grant {
  const chosen = right ? grants.filter(({ rights }) => has(rights, right)) : grants;
  const scope = { applications: union(chosen.map((grant) => grant.applications)), teams: union(chosen.map((grant) => grant.teams)) };
  const candidates = new Set(grants.flatMap(({ rights }) => rights));
  const rights = [...candidates].filter((candidate) => {
    const holders = grants.filter((grant) => has(grant.rights, candidate));
    return (
      covers(union(holders.map((grant) => grant.applications)), scope.applications) &&
      covers(union(holders.map((grant) => grant.teams)), scope.teams)
    );
  });
  return { ...scope, rights: chosen.length === 0 ? [] : rights.includes('*') ? ['*'] : rights.sort() };
}

/** The rights asked for that no grant gives for all of a scope. */
export function excess(asked: Grant, held: readonly Grant[]): string[] {
  return asked.rights.filter((right) => {
    const holders = held.filter(({ rights }) => has(rights, right));
    return !holders.some((grant) => covers(grant.applications, asked.applications) && covers(grant.teams, asked.teams));
  });
}

const has = (rights: readonly string[], right: string): boolean => rights.includes('*') || rights.includes(right);

function common(a: Reach, b: Reach): Reach {
  if (a === '*') return b;
  return b === '*' ? a : a.filter((name) => b.includes(name));
}

function union(reaches: readonly Reach[]): Reach {
  return reaches.includes('*') ? '*' : [...new Set(reaches.flatMap((reach) => reach as readonly string[]))].sort();
}

function covers(reach: Reach, asked: Reach): boolean {
  return reach === '*' || (asked !== '*' && asked.every((name) => reach.includes(name)));
}
