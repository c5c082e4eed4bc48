import type { Raising } from './raising.ts';

/** What a person should know about packages that changed with the one that is raised. */
export function notesOf({ moved, overrides }: Pick<Raising<never>, 'moved' | 'overrides'>): readonly string[] {
  return [
    ...moved.map(({ name, from, to }) => {
      if (from.length === 0) return `${name} ${to.join(', ')} comes with it`;
      return to.length === 0
        ? `${name} ${from.join(', ')} is no longer needed`
        : `${name} changes from ${from.join(', ')} to ${to.join(', ')} with it`;
    }),
    ...overrides.map(
      ({ dependent, name, range, version }) =>
        `No release of ${dependent ?? 'its dependents'} accepts ${name} ${version}: it asks for ${range}, and is overridden`,
    ),
  ];
}
