import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Puts a folder that is only read from now on at a second place, where the file system allows it without copying bytes.
 * @param {string} from @param {string} to must not be there yet
 */
export function linkTree(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const linked = spawnSync('cp', ['-al', '--', from, to], { stdio: 'ignore', timeout: 300_000 }).status === 0;
  if (linked) return;
  rmSync(to, { recursive: true, force: true });
  copyTree(from, to);
}

/** @param {string} from @param {string} to @param {(path: string) => boolean} [wanted] */
export function copyTree(from, to, wanted = () => true) {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: wanted });
}

/** Replaces a folder by another one, which is gone afterwards. @param {string} from @param {string} to */
export function moveTree(from, to) {
  rmSync(to, { recursive: true, force: true });
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== 'EXDEV') throw error;
    copyTree(from, to);
    rmSync(from, { recursive: true, force: true });
  }
}

/** For the other users who run it: they may read all of it and write none. @param {string} folder */
export function openTree(folder) {
  spawnSync('chmod', ['-R', 'a+rX,go-w', folder], { stdio: 'ignore', timeout: 120_000 });
}
