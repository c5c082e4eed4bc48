import type { Comparator } from './order.ts';
import { pep440 } from './pep440.ts';
import { semver } from './semver.ts';

/** What the platform knows about an ecosystem: how its versions are ordered and how its names are spelled. */
interface Ecosystem {
  readonly purlType: string;
  readonly comparator: Comparator;
  readonly canonicalName: (name: string) => string;
}

const asIs = (name: string): string => name;

/** By the name that OSV uses. */
const ecosystems: Readonly<Record<string, Ecosystem>> = {
  npm: { purlType: 'npm', comparator: semver, canonicalName: (name) => name.toLowerCase() },
  PyPI: { purlType: 'pypi', comparator: pep440, canonicalName: (name) => name.toLowerCase().replace(/[-_.]+/g, '-') },
  Go: { purlType: 'golang', comparator: semver, canonicalName: asIs },
  'crates.io': { purlType: 'cargo', comparator: semver, canonicalName: asIs },
};

/** The order of versions in an ecosystem (OSV name); undefined when the platform does not know it. */
export function comparatorOf(ecosystem: string): Comparator | undefined {
  return Object.hasOwn(ecosystems, ecosystem) ? ecosystems[ecosystem]!.comparator : undefined;
}

/** One spelling for all spellings of a package name: PEP 503 for PyPI, lower case for npm (as in its package URLs). */
export function canonicalName(ecosystem: string, name: string): string {
  return Object.hasOwn(ecosystems, ecosystem) ? ecosystems[ecosystem]!.canonicalName(name) : name;
}

/** The ecosystem (OSV name) of a package URL type; undefined for a type without one that we know. */
export function ecosystemOf(purlType: string): string | undefined {
  for (const [name, { purlType: type }] of Object.entries(ecosystems)) if (type === purlType) return name;
  return undefined;
}

/** The package URL type of an ecosystem (OSV name). */
export function purlTypeOf(ecosystem: string): string | undefined {
  return Object.hasOwn(ecosystems, ecosystem) ? ecosystems[ecosystem]!.purlType : undefined;
}
