import { objectOf, parseJson, type Fields } from './lock-file.ts';

/** What a package.json asks for: name → range. */
export interface Wanted {
  readonly runtime: ReadonlyMap<string, string>;
  readonly development: ReadonlyMap<string, string>;
}

/** Reads the dependencies of a package.json, or of an entry of a lock file that has the same fields. */
export function wantedBy(manifest: Fields): Wanted {
  return {
    runtime: new Map(['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) => ranges(manifest[field]))),
    development: new Map(ranges(manifest['devDependencies'])),
  };
}

/** The same from its text; undefined when there is none or it is broken. */
export function wantedByText(text: string | undefined): Wanted | undefined {
  if (text === undefined) return undefined;
  try {
    return wantedBy(parseJson(text));
  } catch {
    return undefined;
  }
}

function ranges(value: unknown): [string, string][] {
  return Object.entries(objectOf(value)).flatMap(([name, range]) => (typeof range === 'string' ? [[name, range] as [string, string]] : []));
}
