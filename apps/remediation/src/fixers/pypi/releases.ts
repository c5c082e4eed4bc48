import { createHash } from 'node:crypto';
import { compare, explain } from '@renovatebot/pep440';
import { isAffected } from '../../locks/affected.ts';
import type { Knowledge, Need, Release, Rules } from '../../locks/release.ts';
import type { FetchedDocument, World } from '../../world/world.ts';
import { FixRefused } from '../version-change.ts';
import { readCoreMetadata, readReleaseDocument, type CoreMetadata } from './core-metadata.ts';
import { admits, raisedConstraint } from './constraint.ts';
import { readIndexPage, type Archive } from './index-page.ts';
import type { Marker } from './marker.ts';
import { normalName } from './names.ts';
import { readRequirement } from './requirement.ts';

/** What a Python package asks for, and where. */
export interface PypiNeed extends Need {
  readonly marker: Marker | undefined;
  /** Of the package that is asked for. */
  readonly extras: readonly string[];
}

/** A version as the index lists it. */
export interface PypiRelease extends Release {
  readonly archives: readonly Archive[];
  readonly requiresPython: string;
}

/** The index and the advisories, through the world that was fetched. */
export interface PypiKnowledge extends Knowledge<PypiRelease> {
  readonly away: () => string | undefined;
  needs(name: string, release: PypiRelease): readonly PypiNeed[];
  /** What a version asks for that the file holds already; undefined when nobody tells. */
  needsOf(name: string, version: string): readonly PypiNeed[] | undefined;
  /** Undefined when the index does not serve it. */
  metadata(name: string, release: PypiRelease): CoreMetadata | undefined;
}

export const pypiRules: Rules = {
  admits: (range, version) => range.trim() === '' || admits(range, version),
  raised: raisedConstraint,
  compare: (left, right) => compare(left, right),
  isPrerelease: (version) => explain(version)?.is_prerelease ?? false,
  line: (version) => {
    const { epoch = 0, release = [0] } = explain(version) ?? {};
    const [major = 0, minor = 0] = release;
    return major > 0 ? `${epoch}!${major}` : `${epoch}!0.${minor}`;
  },
};

const pages = new WeakMap<FetchedDocument, readonly PypiRelease[]>();

/** `supports` tells whether a release with such a range of Pythons can be installed where the package is needed. */
export function pypiKnowledge(
  world: World,
  index: string,
  supports: (name: string) => (requiresPython: string) => boolean,
  notAfter?: Date,
): PypiKnowledge {
  let away: string | undefined;
  const ask = (kind: 'pypi' | 'pypi-metadata' | 'pypi-release', name: string): FetchedDocument => {
    const document = world.document({ kind, at: index, name });
    if ('away' in document) away ??= document.away;
    return document;
  };
  const metadata = (name: string, release: PypiRelease): CoreMetadata | undefined => metadataOf(ask, name, release);
  const all = (name: string): readonly PypiRelease[] | undefined => {
    const document = ask('pypi', normalName(name));
    if ('away' in document) return undefined;
    if ('absent' in document) return [];
    if (!pages.has(document)) pages.set(document, releasesOf(document.text, normalName(name), document.from ?? ''));
    return pages.get(document)!;
  };
  return {
    isDear: true,
    away: () => away,
    releases(name) {
      const listed = all(name);
      // Where a package is needed may take documents: of one without releases nobody asks.
      if (listed === undefined || listed.length === 0) return listed;
      const isSupported = supports(normalName(name));
      return listed.filter(
        ({ requiresPython, published }) =>
          isSupported(requiresPython) && (notAfter === undefined || published === undefined || published <= notAfter),
      );
    },
    metadata,
    tells: (name, release) => metadata(name, release)?.requires !== undefined,
    needsOf(name, version) {
      const document = ask('pypi-release', `${normalName(name)}/${version}`);
      const told = 'text' in document ? readReleaseDocument(document.text, true) : undefined;
      const release = told ? undefined : all(name)?.find((one) => keyOf(one.version) === keyOf(version));
      const requires = told?.requires ?? (release && metadata(name, release)?.requires);
      return requires?.map((text) => needOf(text, name));
    },
    needs(name, release) {
      const requires = metadata(name, release)?.requires;
      if (requires === undefined)
        throw new FixRefused(`nobody tells what ${name} ${release.version} itself asks for: the index has no metadata of it`);
      return requires.map((text) => needOf(text, name));
    },
    affected: (name, version) => isAffected(world, 'PyPI', name, version),
  };
}

/** A requirement as a need; throws `FixRefused` for one that cannot be read. */
export function needOf(text: string, by: string): PypiNeed {
  const read = readRequirement(text);
  if (!read) throw new FixRefused(`${by} asks for something that cannot be read: ${text.slice(0, 100)}`);
  const { name, range, extras, marker } = read;
  return { as: name, name: normalName(name), range, specification: text, kind: 'required', extras, marker };
}

function releasesOf(text: string, name: string, from: string): readonly PypiRelease[] {
  const byVersion = Map.groupBy(readIndexPage(text, name, from), ({ version }) => keyOf(version));
  return [...byVersion.values()]
    .map((all): PypiRelease => {
      const sound = all.filter(({ isYanked }) => !isYanked);
      const archives = sound.length > 0 ? sound : all;
      const times = archives.flatMap(({ uploaded }) => (uploaded === undefined ? [] : [Date.parse(uploaded)]));
      return {
        version: archives[0]!.version,
        withdrawn: sound.length === 0,
        ...(times.length > 0 && { published: new Date(Math.min(...times)) }),
        archives: [...archives].sort((a, b) => (a.file < b.file ? -1 : 1)),
        requiresPython: archives.find(({ requiresPython }) => requiresPython !== '')?.requiresPython ?? '',
      };
    })
    .sort((a, b) => pypiRules.compare(a.version, b.version));
}

/** One key for all spellings of a version: `1.0` and `1.0.0` are the same. */
export function keyOf(version: string): string {
  const { epoch = 0, release = [], pre, post, dev, local } = explain(version) ?? {};
  const numbers = release.join('.').replace(/(?:\.0)+$/, '');
  return [epoch, numbers, pre, post, dev, local].map((part) => String(part ?? '')).join(' ');
}

type Ask = (kind: 'pypi-metadata' | 'pypi-release', name: string) => FetchedDocument;

/** From beside the wheel where the index says so, else from PyPI's own interface, else from beside the wheel all the same. */
function metadataOf(ask: Ask, name: string, { version, archives }: PypiRelease): CoreMetadata | undefined {
  const wheels = archives.filter(({ kind, url }) => kind === 'wheel' && url !== '');
  const wheel = wheels.find(({ metadata }) => metadata !== false) ?? wheels[0];
  const beside = (): CoreMetadata | undefined => {
    const document = wheel && ask('pypi-metadata', wheel.url);
    if (!document || !('text' in document)) return undefined;
    checkHash(document.text, wheel, name);
    return readCoreMetadata(document.text);
  };
  const told = wheel?.metadata ? beside() : undefined;
  if (told) return told;
  const document = ask('pypi-release', `${normalName(name)}/${version}`);
  return ('text' in document ? readReleaseDocument(document.text, wheels.length > 0) : undefined) ?? beside();
}

function checkHash(text: string, { metadata }: Archive, name: string): void {
  if (typeof metadata !== 'string') return;
  if (createHash('sha256').update(text).digest('hex') !== metadata)
    throw new FixRefused(`the metadata of ${name} does not have the hash that the index tells`);
}
