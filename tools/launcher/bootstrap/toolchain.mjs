import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { draftOf, publish } from '../cache.mjs';
import { readJson } from '../files.mjs';
import { fetchUser, may } from '../infra/users.mjs';
import { cacheFolder, makeCache } from '../paths.mjs';
import { copyTree } from '../trees.mjs';

/**
 * Node and npm as whoever fetches, builds and serves can run them. Root's own often lie below a home that is closed to all
 * others (nvm); then copies are made once.
 * @param {string} node @param {string | undefined} npm its script
 * @returns {{ node: string, npm: string | undefined }}
 */
export function forOthers(node, npm) {
  return { node: reachableNode(node), npm: npm && reachableNpm(npm) };
}

const known = new Map();

/** @param {string} node @returns {string} */
export function reachableNode(node) {
  return once(node, 'x', () => {
    const name = `node-${process.versions.node}-of-root`;
    copyOnce(name, (draft) => {
      mkdirSync(join(draft, 'bin'));
      copyFileSync(node, join(draft, 'bin', 'node'));
    });
    return join(cacheFolder(), name, 'bin', 'node');
  });
}

/** @param {string} npm @returns {string} */
function reachableNpm(npm) {
  return once(npm, 'r', () => {
    const folder = dirname(dirname(npm));
    const name = `npm-${readJson(join(folder, 'package.json')).version}-of-root`;
    copyOnce(name, (draft) => {
      copyTree(folder, join(draft, 'npm'));
      mkdirSync(join(draft, 'bin'));
      symlinkSync('../npm/bin/npm-cli.js', join(draft, 'bin', 'npm'));
    });
    return join(cacheFolder(), name, 'npm', 'bin', 'npm-cli.js');
  });
}

/** @param {string | undefined} npm @returns {string[]} folders that belong on a PATH so that `npm` is found there */
export const foldersOf = (npm) =>
  npm && existsSync(join(dirname(npm), '..', '..', 'bin', 'npm')) ? [join(dirname(npm), '..', '..', 'bin')] : [];

function once(path, right, otherwise) {
  const user = fetchUser();
  if (!user) return path;
  if (!known.has(path)) known.set(path, may(right, path, user) ? path : otherwise());
  return known.get(path);
}

function copyOnce(name, fill) {
  const folder = join(makeCache(), name);
  if (existsSync(folder)) return;
  const draft = mkdtempSync(draftOf(folder));
  try {
    fill(draft);
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
