import semver from 'semver';
import { objectOf, type Fields } from '../../editing/unknown.ts';
import { isAffected } from '../../locks/affected.ts';
import type { Knowledge, Need, Release, Rules } from '../../locks/release.ts';
import { FixRefused } from '../version-change.ts';
import type { World } from '../../world/world.ts';
import { admits, raisedRange, wishOf } from './range.ts';

/** A version as the registry's document describes it. */
export interface NpmRelease extends Release {
  readonly manifest: Fields;
  readonly tarball: string;
  readonly integrity: string;
}

export const npmRules: Rules = {
  admits,
  raised: raisedRange,
  compare: (left, right) => semver.compare(left, right, { loose: true }),
  isPrerelease: (version) => semver.prerelease(version, { loose: true }) !== null,
  line: (version) => {
    const { major, minor } = semver.parse(version, { loose: true }) ?? { major: 0, minor: 0 };
    return major > 0 ? `${major}` : `0.${minor}`;
  },
};

/** Asks a registry and the advisories, through the world that was fetched. */
export function npmKnowledge(world: World, registry: string): Knowledge<NpmRelease> & { readonly away: () => string | undefined } {
  const read = new Map<string, readonly NpmRelease[] | undefined>();
  let away: string | undefined;
  return {
    away: () => away,
    releases(name) {
      if (!read.has(name)) {
        const document = world.document({ kind: 'npm', at: registry, name });
        if ('away' in document) away ??= document.away;
        read.set(name, 'away' in document ? undefined : 'absent' in document ? [] : releasesOf(document.text, name));
      }
      return read.get(name);
    },
    needs: (_name, release) => needsOf(release.manifest),
    affected: (name, version) => isAffected(world, 'npm', name, version),
  };
}

function releasesOf(text: string, name: string): readonly NpmRelease[] {
  const document = parsed(text, name);
  const times = objectOf(document['time']);
  return Object.entries(objectOf(document['versions']))
    .flatMap(([version, value]): NpmRelease[] => {
      const manifest = objectOf(value);
      const dist = objectOf(manifest['dist']);
      const { tarball, integrity } = dist;
      if (typeof tarball !== 'string' || semver.parse(version, { loose: true }) === null) return [];
      const time = times[version];
      const published = typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? new Date(time) : undefined;
      return [
        {
          version,
          withdrawn: typeof manifest['deprecated'] === 'string' && manifest['deprecated'] !== '',
          ...(published && { published }),
          manifest,
          tarball,
          integrity: typeof integrity === 'string' ? integrity : '',
        },
      ];
    })
    .sort((a, b) => npmRules.compare(a.version, b.version));
}

function parsed(text: string, name: string): Fields {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    throw new FixRefused(`what the registry says about ${name} is not JSON`);
  }
}

/** What a package asks for when it is installed; an optional dependency is often repeated among the others. */
export function needsOf(manifest: Fields): readonly Need[] {
  const optional = objectOf(manifest['optionalDependencies']);
  const of = (field: string, kind: Need['kind']): Need[] =>
    Object.entries(objectOf(manifest[field])).flatMap(([as, range]) => (typeof range === 'string' ? [needOf(as, range, kind)] : []));
  return [
    ...of('dependencies', 'required').filter(({ as }) => !Object.hasOwn(optional, as)),
    ...of('optionalDependencies', 'optional'),
    ...of('peerDependencies', 'peer'),
  ];
}

export function needOf(as: string, specification: string, kind: Need['kind']): Need {
  const { name, range } = wishOf(as, specification);
  return { as, name, range, specification, kind };
}
