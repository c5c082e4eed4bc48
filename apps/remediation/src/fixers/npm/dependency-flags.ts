import type { Need } from '../../locks/release.ts';
import { objectOf, type Fields } from '../../editing/unknown.ts';
import { needOf, needsOf } from './releases.ts';

/** How npm marks what production can do without. */
export const flagNames = ['dev', 'optional', 'devOptional'] as const;

/** The marks of every entry, by who needs it: reachable without development needs, without optional ones, without both. */
export function flagsOf(
  entries: ReadonlyMap<string, Fields>,
  find: (from: string, need: Need) => string | undefined,
): ReadonlyMap<string, Fields> {
  const reach = (dev: boolean, optional: boolean): ReadonlySet<string> => {
    const seen = new Set([...entries.keys()].filter((key) => !key.includes('node_modules/')));
    for (const key of seen) {
      const entry = entries.get(key)!;
      const development = dev && !key.includes('node_modules/') ? developmentNeeds(entry) : [];
      for (const need of [...needsOf(entry), ...development]) {
        if (need.kind === 'optional' && !optional) continue;
        const found = find(key, need);
        if (found !== undefined) seen.add(found);
      }
    }
    return seen;
  };
  const [strict, withDev, withOptional] = [reach(false, false), reach(true, false), reach(false, true)];
  return new Map([...entries.keys()].map((key) => [key, flags(strict.has(key), withDev.has(key), withOptional.has(key))]));
}

function flags(strict: boolean, withDev: boolean, withOptional: boolean): Fields {
  if (strict) return {};
  if (withDev && withOptional) return { devOptional: true };
  if (withDev) return { dev: true };
  return withOptional ? { optional: true } : { dev: true, optional: true };
}

function developmentNeeds(entry: Fields): readonly Need[] {
  return Object.entries(objectOf(entry['devDependencies'])).flatMap(([as, range]) =>
    typeof range === 'string' ? [needOf(as, range, 'required')] : [],
  );
}
