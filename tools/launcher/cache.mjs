import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openTree } from './trees.mjs';

/**
 * Gives a finished draft its name in the tool cache: readable by the other uids that run it, and in one step, so that a
 * second run never finds half of it. When another run was first, its copy stays.
 * @param {string} draft @param {string} folder
 */
export function publish(draft, folder) {
  openTree(draft);
  try {
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
  rmSync(draft, { recursive: true, force: true });
}

const MARK = '.draft-';
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {string} folder @returns {string} beginning of the name of a draft of it */
export const draftOf = (folder) => `${folder}${MARK}`;

/** Removes the drafts of fetches that were killed; younger ones may still be somebody's. @param {string} cache */
export function sweepDrafts(cache) {
  for (const name of readdirSync(cache).filter((entry) => entry.includes(MARK))) {
    const { mtimeMs } = statSync(join(cache, name), { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > DAY_MS) rmSync(join(cache, name), { recursive: true, force: true });
  }
}
