import { alpine } from './alpine.ts';
import { debian } from './debian.ts';
import { maven } from './maven.ts';
import { nuget } from './nuget.ts';
import { cran, hackage } from './numbers.ts';
import type { Comparator } from './order.ts';
import { packagist } from './packagist.ts';
import { pep440 } from './pep440.ts';
import { pub } from './pub.ts';
import { rpm } from './rpm.ts';
import { rubygems } from './rubygems.ts';
import { semver } from './semver.ts';

/** What the platform knows about an ecosystem: how its versions are ordered and how its names are spelled. */
interface Ecosystem {
  readonly purlType: string;
  readonly comparator: Comparator;
  readonly canonicalName: (name: string) => string;
  /** Between namespace and name, where it is no slash. */
  readonly separator?: string;
}

const asIs = (name: string): string => name;
const lowerCase = (name: string): string => name.toLowerCase();

/** A package of Swift is the repository that it comes from: hosts and their paths look at no case, and `.git` says nothing. */
function repositoryName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(?:https?|git|ssh):\/\/(?:[^/@]*@)?|^git@(?=[^:/]+:)/, '')
    .replace(/^([^/:]+):(?!\d+\/)/, '$1/')
    .replace(/(?:\.git)?\/?$/, '');
}

/** By the name that OSV uses. */
const ecosystems: Readonly<Record<string, Ecosystem>> = {
  npm: { purlType: 'npm', comparator: semver, canonicalName: lowerCase },
  PyPI: { purlType: 'pypi', comparator: pep440, canonicalName: (name) => name.toLowerCase().replace(/[-_.]+/g, '-') },
  Go: { purlType: 'golang', comparator: semver, canonicalName: asIs },
  'crates.io': { purlType: 'cargo', comparator: semver, canonicalName: asIs },
  Maven: { purlType: 'maven', comparator: maven, canonicalName: asIs, separator: ':' },
  NuGet: { purlType: 'nuget', comparator: nuget, canonicalName: lowerCase },
  Packagist: { purlType: 'composer', comparator: packagist, canonicalName: lowerCase },
  RubyGems: { purlType: 'gem', comparator: rubygems, canonicalName: asIs },
  Hex: { purlType: 'hex', comparator: semver, canonicalName: lowerCase },
  Pub: { purlType: 'pub', comparator: pub, canonicalName: lowerCase },
  CRAN: { purlType: 'cran', comparator: cran, canonicalName: asIs },
  Hackage: { purlType: 'hackage', comparator: hackage, canonicalName: asIs },
  SwiftURL: { purlType: 'swift', comparator: semver, canonicalName: repositoryName },
  'GitHub Actions': { purlType: 'githubactions', comparator: semver, canonicalName: lowerCase },
  Bitnami: { purlType: 'bitnami', comparator: semver, canonicalName: lowerCase },
  Julia: { purlType: 'julia', comparator: semver, canonicalName: asIs },
  opam: { purlType: 'opam', comparator: debian, canonicalName: asIs },
};

/** Orders of the packages of operating systems, by the name that OSV uses, without the release behind it: `Debian:12`. */
const systems: Readonly<Record<string, Comparator>> = {
  Debian: debian,
  Echo: debian,
  Ubuntu: debian,
  Alpaquita: alpine,
  Alpine: alpine,
  'BellSoft Hardened Containers': alpine,
  Chainguard: alpine,
  MinimOS: alpine,
  Wolfi: alpine,
  AlmaLinux: rpm,
  'Azure Linux': rpm,
  Mageia: rpm,
  openEuler: rpm,
  openSUSE: rpm,
  'Photon OS': rpm,
  'Red Hat': rpm,
  'Rocky Linux': rpm,
  SUSE: rpm,
};

/** The order of versions in an ecosystem (OSV name); undefined when the platform does not know it. */
export function comparatorOf(ecosystem: string): Comparator | undefined {
  if (Object.hasOwn(ecosystems, ecosystem)) return ecosystems[ecosystem]!.comparator;
  // Root builds packages of other ecosystems anew, and says of which one: `Root:Debian:12`.
  if (ecosystem.startsWith('Root:')) return comparatorOf(ecosystem.slice('Root:'.length));
  const system = ecosystem.split(':', 1)[0]!;
  return Object.hasOwn(systems, system) ? systems[system] : undefined;
}

const otherNames: Readonly<Record<string, string>> = {
  semver: 'npm',
  rust: 'crates.io',
  swift: 'SwiftURL',
  redhat: 'Red Hat',
  rpm: 'Red Hat',
  deb: 'Debian',
  apk: 'Alpine',
};

/** The ecosystem (OSV name) that somebody means who writes it in another case, or as a package URL type; undefined for none. */
export function ecosystemNamed(text: string): string | undefined {
  if (text.length > 100) return undefined;
  if (comparatorOf(text)) return text;
  const [first = '', ...release] = text.split(':');
  const lower = first.toLowerCase();
  const known = [...Object.keys(ecosystems), ...Object.keys(systems)].find((name) => name.toLowerCase() === lower);
  const other = Object.hasOwn(otherNames, lower) ? otherNames[lower] : ecosystemOf(lower);
  const named = [known ?? other, ...release].join(':');
  return comparatorOf(named) ? named : undefined;
}

/** One spelling for all spellings of a package name: PEP 503 for PyPI, lower case where a registry does not look at it. */
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

/** What stands between the namespace and the name of a package in an ecosystem (OSV name). */
export function separatorOf(ecosystem: string): string {
  return Object.hasOwn(ecosystems, ecosystem) ? (ecosystems[ecosystem]!.separator ?? '/') : '/';
}
