import { affects, type OsvRecord, type Verdict } from './osv.ts';
import { packageOf, type Purl } from './purl.ts';

/** A package of an operating system, as OSV speaks of it. */
export interface SystemPackage {
  /** OSV name without a release: `Debian`. */
  readonly system: string;
  /** Such as `12`, `v3.19`, `22.04`; undefined when the package URL does not say it. */
  readonly release?: string;
  /** By the source it was built from and by its own name: advisories name either, most the source. */
  readonly names: readonly { readonly name: string; readonly version?: string }[];
}

interface System {
  readonly types: readonly string[];
  readonly namespaces: readonly string[];
  /** The release, as OSV writes it, from what stands behind the name of the system in `distro`. */
  readonly release: (version: string) => string | undefined;
  /** Whether what stands behind the colon of an ecosystem means the release; equality when absent. */
  readonly isOf?: (told: string, release: string) => boolean;
}

const debianReleases: Readonly<Record<string, string>> = {
  ...{ wheezy: '7', jessie: '8', stretch: '9', buster: '10', bullseye: '11', bookworm: '12', trixie: '13', forky: '14' },
};
const ubuntuReleases: Readonly<Record<string, string>> = {
  ...{ trusty: '14.04', xenial: '16.04', bionic: '18.04', focal: '20.04', jammy: '22.04', lunar: '23.04', mantic: '23.10' },
  ...{ noble: '24.04', oracular: '24.10', plucky: '25.04', questing: '25.10' },
};

const major = (version: string): string | undefined => /^\d+/.exec(version)?.[0];
const minor = (version: string): string | undefined => /^\d+\.\d+/.exec(version)?.[0];
const none = (): undefined => undefined;
const named = (releases: Readonly<Record<string, string>>, version: string): string | undefined => {
  return Object.hasOwn(releases, version) ? releases[version] : undefined;
};
const alpineRelease = (version: string): string | undefined => (version === 'edge' ? 'edge' : prefixed('v', minor(version)));
const systems: Readonly<Record<string, System>> = {
  Debian: { types: ['deb'], namespaces: ['debian'], release: (version) => named(debianReleases, version) ?? major(version) },
  Ubuntu: {
    types: ['deb'],
    namespaces: ['ubuntu'],
    release: (version) => named(ubuntuReleases, version) ?? minor(version),
    isOf: (told, release) => told.replace(/:LTS$/, '') === release,
  },
  Echo: { types: ['deb'], namespaces: ['echo'], release: none },
  Alpine: { types: ['apk'], namespaces: ['alpine'], release: alpineRelease },
  Alpaquita: { types: ['apk'], namespaces: ['alpaquita'], release: (version) => version || undefined },
  Chainguard: { types: ['apk'], namespaces: ['chainguard'], release: none },
  MinimOS: { types: ['apk'], namespaces: ['minimos'], release: none },
  Wolfi: { types: ['apk'], namespaces: ['wolfi'], release: none },
  'Red Hat': {
    types: ['rpm'],
    namespaces: ['redhat', 'rhel', 'centos'],
    release: major,
    isOf: (told, release) => new RegExp(`^(?:enterprise_linux|rhel_\\w+):${release}(?:[.:]|$)`).test(told) || told === release,
  },
  'Rocky Linux': { types: ['rpm'], namespaces: ['rocky', 'rockylinux', 'rocky-linux'], release: major },
  AlmaLinux: { types: ['rpm'], namespaces: ['almalinux', 'alma'], release: major },
  'Azure Linux': { types: ['rpm'], namespaces: ['azurelinux', 'azl'], release: major },
  'Photon OS': { types: ['rpm'], namespaces: ['photon'], release: minor },
  Mageia: { types: ['rpm'], namespaces: ['mageia'], release: major },
  openEuler: { types: ['rpm'], namespaces: ['openeuler'], release: (version) => version.toUpperCase() || undefined },
  openSUSE: {
    types: ['rpm'],
    namespaces: ['opensuse', 'opensuse-leap', 'opensuse-tumbleweed'],
    release: (version) => (version.startsWith('tumbleweed') ? 'Tumbleweed' : prefixed('Leap ', minor(version.replace(/^leap-/, '')))),
  },
  SUSE: {
    types: ['rpm'],
    namespaces: ['suse', 'sles', 'sled'],
    release: servicePack,
    isOf: (told, release) => told.startsWith('Linux Enterprise ') && told.endsWith(` ${release}`),
  },
};

/** The package of an operating system that a package URL names; undefined for one of another kind, or of an unknown system. */
export function systemPackageOf(purl: Purl): SystemPackage | undefined {
  const namespace = purl.namespace?.toLowerCase() ?? '';
  const found = Object.entries(systems).find(([, { types, namespaces }]) => types.includes(purl.type) && namespaces.includes(namespace));
  if (!found) return undefined;
  const [system, { release, namespaces }] = found;
  const told = release(versionIn(purl.qualifiers?.['distro'] ?? '', [...namespaces, system.toLowerCase()]));
  return { system, ...(told !== undefined && { release: told }), names: namesOf(purl) };
}

/** Whether an ecosystem (OSV name, with or without a release) is that of a package; `unknown` when the package names no release. */
export function isOfSystem(ecosystem: string, { system, release }: Pick<SystemPackage, 'system' | 'release'>): Verdict {
  if (ecosystem === system) return true;
  if (!ecosystem.startsWith(`${system}:`)) return false;
  if (release === undefined) return 'unknown';
  const told = ecosystem.slice(system.length + 1);
  return systems[system]!.isOf?.(told, release) ?? told === release;
}

/** Whether an advisory affects what a package URL names; `unknown` when it speaks of it and release or version cannot be placed. */
export function affectsPurl(record: OsvRecord, purl: Purl): Verdict {
  if (purl.version === undefined) return 'unknown';
  const known = packageOf(purl);
  if (known) return affects(record, known.ecosystem, known.name, purl.version);
  const system = systemPackageOf(purl);
  return system ? joined([...verdictsOf(record, system, purl.version)]) : false;
}

function* verdictsOf(record: OsvRecord, system: SystemPackage, installed: string): Iterable<Verdict> {
  const ecosystems = new Set((record.affected ?? []).flatMap((entry) => entry.package?.ecosystem ?? []));
  for (const ecosystem of ecosystems) {
    const isOf = isOfSystem(ecosystem, system);
    if (isOf === false) continue;
    for (const { name, version = installed } of system.names) {
      const verdict = affects(record, ecosystem, name, version);
      // Some releases have the fix and others have not: without the release nothing can be said.
      yield verdict === true ? isOf : verdict;
    }
  }
}

function joined(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes('unknown') ? 'unknown' : false;
}

/** Source packages have versions of their own: `upstream=gcc-12@12.2.0-14`; of RPM the name of the source file. */
function namesOf({ type, name, version, qualifiers }: Purl): SystemPackage['names'] {
  const own = { name, ...(version !== undefined && { version: withEpoch(version, qualifiers?.['epoch']) }) };
  const upstream = qualifiers?.['upstream'] ?? qualifiers?.['source'];
  if (upstream === undefined || upstream === '') return [own];
  const file = type === 'rpm' ? /^(.+)-([^-]+-[^-]+)\.src\.rpm$/.exec(upstream) : null;
  const at = upstream.lastIndexOf('@');
  if (file) return withOwn({ name: file[1]!, version: withEpoch(file[2]!, qualifiers?.['epoch']) }, own);
  return withOwn(at > 0 ? { name: upstream.slice(0, at), version: upstream.slice(at + 1) } : { ...own, name: upstream }, own);
}

function withOwn(source: SystemPackage['names'][number], own: SystemPackage['names'][number]): SystemPackage['names'] {
  return source.name === own.name ? [own] : [source, own];
}

function withEpoch(version: string, epoch: string | undefined): string {
  return epoch === undefined || epoch === '0' || /^\d+:/.test(version) ? version : `${epoch}:${version}`;
}

/** What stands behind the name of the system: `12` of `debian-12`, `leap-15.5` of `opensuse-leap-15.5`. */
function versionIn(distro: string, names: readonly string[]): string {
  const lower = distro.toLowerCase().slice(0, 100);
  const name = [...names].sort((a, b) => b.length - a.length).find((one) => lower.startsWith(`${one}-`) || lower.startsWith(`${one}:`));
  const rest = name === undefined ? lower : lower.slice(name.length + 1);
  return name?.startsWith('opensuse-') ? `${name.slice('opensuse-'.length)}-${rest}` : rest.replace(/^v(?=\d)/, '');
}

/** `15.5` is service pack 5 of 15. */
function servicePack(version: string): string | undefined {
  const match = /^(\d+)(?:[.-](?:sp)?(\d+))?/.exec(version);
  if (!match) return undefined;
  return match[2] === undefined || match[2] === '0' ? match[1] : `${match[1]} SP${match[2]}`;
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${prefix}${text}`;
}
