import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { draftOf, publish } from '../cache.mjs';
import { LauncherError } from '../errors.mjs';
import { cacheFolder, makeCache } from '../paths.mjs';
import { pins, verifyIntegrity } from '../pins.mjs';
import { runNpm } from './npm.mjs';
import { readEntry } from './tarball.mjs';

const name = `node-${process.platform}-${process.arch}`;
const cached = () => join(cacheFolder(), `node-${pins.node.version}`, 'bin', 'node');

/** @param {string} version @param {string} minimum both `major.minor.patch` */
export function isAtLeast(version, minimum) {
  const [a, b] = [version, minimum].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] > b[i];
  return true;
}

/** @returns {string | undefined} a Node that can run the platform: this one, or the one fetched before */
export function findNode() {
  if (isAtLeast(process.versions.node, pins.node.minimum)) return process.execPath;
  return existsSync(cached()) ? cached() : undefined;
}

/** Fetches the pinned Node through npm and takes the one program out of it, after its digest was checked. @returns {Promise<string>} */
export async function bringNode() {
  const integrity = pins.node.packages[name];
  if (!integrity || isMusl()) {
    throw new LauncherError(
      'NODE_VERSION',
      `Node.js ${pins.node.minimum} or later is needed; this is ${process.versions.node}, and there is no package to bring one for ${process.platform}-${process.arch}`,
      {
        remedy: `Install Node.js ${pins.node.version} and start again.`,
        exitCode: 2,
      },
    );
  }
  const folder = join(makeCache(), `node-${pins.node.version}`);
  const draft = mkdtempSync(draftOf(folder));
  try {
    await runNpm(['pack', `${name}@${pins.node.version}`, '--pack-destination', draft, '--ignore-scripts', '--silent'], { cwd: draft });
    const tarball = readdirSync(draft).find((file) => file.endsWith('.tgz'));
    if (!tarball) throw new LauncherError('NODE_FETCH', `npm brought no ${name}@${pins.node.version}`);
    await verifyIntegrity(join(draft, tarball), integrity);
    mkdirSync(join(draft, 'node', 'bin'), { recursive: true });
    const program = join(draft, 'node', 'bin', 'node');
    writeFileSync(program, await readEntry(join(draft, tarball), 'package/bin/node'));
    chmodSync(program, 0o755);
    publish(join(draft, 'node'), folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return cached();
}

/** The package is built against glibc. */
function isMusl() {
  const report = /** @type {any} */ (process.report?.getReport());
  return process.platform === 'linux' && !report?.header?.glibcVersionRuntime;
}

/** @param {string} node @returns {string} a PATH on which `node` is this one, for all that it starts */
export const pathWith = (node) => [node.replace(/\/node$/, ''), process.env.PATH ?? ''].join(delimiter);
