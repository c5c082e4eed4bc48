/** Whether a file that says what is fetched names bytes, not merely versions. Each check answers what it refuses. */

import { withoutDigest } from '../launcher/bootstrap/lock-digests.mjs';

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'overrides'];

/** @param {string} text of a package.json @returns {string[]} */
export function looseManifest(text) {
  const manifest = JSON.parse(text);
  return KINDS.flatMap((kind) => leaves(manifest[kind] ?? {}))
    .filter(([, version]) => typeof version !== 'string' || !EXACT.test(ownVersion(manifest, version)))
    .map(([name, version]) => `${name} ${JSON.stringify(version)}`);
}

/** Overrides may lie below the package that they are for. */
const leaves = (versions) =>
  Object.entries(versions).flatMap(([name, version]) => (version && typeof version === 'object' ? leaves(version) : [[name, version]]));

/** `$name` is the version of a dependency of the manifest's own. */
const ownVersion = ({ dependencies, devDependencies }, version) =>
  version.startsWith('$') ? ({ ...dependencies, ...devDependencies }[version.slice(1)] ?? version) : version;

/** Where the platform is run. Elsewhere the launcher looks itself, and refuses. */
const MACHINES = [
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
];

/** @param {string} text of a package-lock.json @returns {string[]} */
export const looseLock = (text) => [...new Set(MACHINES.flatMap((machine) => withoutDigest(JSON.parse(text), machine)))];

/** @param {string} text of a requirements.txt @returns {string[]} */
export function looseRequirements(text) {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#') && !/^[\w.-]+==[\w.]+( ; [^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+$/.test(line));
}

/** @param {string} text of a pom.xml @returns {string[]} */
export function loosePom(text) {
  return [...text.matchAll(/<version>([^<]*)<\/version>/g)]
    .map(([, version]) => version)
    .filter((version) => !/^\d+(\.\d+)+$/.test(version));
}

/** @param {string} text of a Dockerfile or a compose file @returns {string[]} images that are not named by digest */
export function imagesByTag(text) {
  const stages = [...text.matchAll(/^FROM \S+ AS (\S+)$/gim)].map(([, stage]) => stage);
  const named = [...text.matchAll(/^\s*(?:FROM\s+(?:--\S+\s+)*|ARG \w+_IMAGE=|image:\s*|\w+_IMAGE:\s*)['"]?([^\s'"#]+)/gm)].map(
    ([, image]) => image.replace(/^\$\{\w+:-(.+)\}$/, '$1'),
  );
  const images = named.filter((image) => !stages.includes(image) && !/^\$\{\w+\}$/.test(image) && image !== 'scratch');
  return [...new Set(images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image)))];
}

/** @param {string} text of a program or a setting @returns {string[]} */
export const newest = (text) => text.split('\n').filter((line) => /[\w/-]@(latest|next|main|master)\b/.test(line));
