import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { draftOf, publish } from '../cache.mjs';
import { LauncherError } from '../errors.mjs';
import { fetching } from '../fetching.mjs';
import { give, giveTree } from '../infra/users.mjs';
import { cacheFolder, isRoot, makeCache } from '../paths.mjs';
import { pins, verifyIntegrity } from '../pins.mjs';
import { npmProgram, runNpm } from './npm.mjs';
import { readEntry } from './tarball.mjs';
import { foldersOf, forOthers } from './toolchain.mjs';

/** What would be brought here; undefined where no package carries it. */
export const nodePackage = pins.node.packages[`${process.platform}-${process.arch}`];
const cached = () => join(cacheFolder(), `node-${nodePackage?.version}`, 'bin', 'node');

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
  if (!nodePackage || isMusl()) {
    throw new LauncherError(
      'NODE_VERSION',
      `Node.js ${pins.node.minimum} or later is needed; this is ${process.versions.node}, and there is no package to bring one for ${process.platform}-${process.arch}`,
      {
        remedy: `Install Node.js ${pins.node.minimum} or later and start again.`,
        exitCode: 2,
      },
    );
  }
  const { version, integrity } = nodePackage;
  const folder = join(makeCache(), `node-${version}`);
  const draft = mkdtempSync(draftOf(folder));
  try {
    const tarball = await fetchTarball(draft);
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

/** @returns {Promise<string>} its name in the folder */
async function fetchTarball(folder) {
  const { name, version } = nodePackage;
  await fetching(async (fetcher) => {
    give(folder, fetcher.user);
    await runNpm(['pack', `${name}@${version}`, '--pack-destination', folder, '--ignore-scripts', '--silent'], {
      ...fetcher,
      cwd: folder,
    });
  });
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (!tarball) throw new LauncherError('NODE_FETCH', `npm brought no ${name}@${version}`);
  if (isRoot()) giveTree(folder, { uid: 0, gid: 0 });
  return tarball;
}

/** The package is built against glibc. */
function isMusl() {
  const report = /** @type {any} */ (process.report?.getReport());
  return process.platform === 'linux' && !report?.header?.glibcVersionRuntime;
}

/** @param {string} node @returns {string} a PATH on which `node` is this one, for all that it starts, and `npm` one that it can run */
export const pathWith = (node) => [dirname(node), ...foldersOf(forOthers(node, npmProgram()).npm), process.env.PATH ?? ''].join(delimiter);
