import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sweepDrafts } from './cache.mjs';
import { cacheFolder, makeCache } from './paths.mjs';

const folder = () => join(cacheFolder(), 'used-by');
const entry = (home) => join(folder(), createHash('sha256').update(resolve(home)).digest('hex').slice(0, 16));

/** Notes that an instance runs from the shared tool cache. @param {string} home */
export function noteUse(home) {
  sweepDrafts(makeCache());
  mkdirSync(folder(), { recursive: true });
  writeFileSync(entry(home), resolve(home));
}

/** @param {string} home @returns {boolean} whether another instance that still exists runs from the cache */
export function othersUse(home) {
  if (!existsSync(folder())) return false;
  return readdirSync(folder())
    .map((name) => join(folder(), name))
    .filter((path) => path !== entry(home))
    .some((path) => {
      if (existsSync(readFileSync(path, 'utf8'))) return true;
      rmSync(path, { force: true });
      return false;
    });
}

/** @param {string} home */
export const forgetUse = (home) => rmSync(entry(home), { force: true });
