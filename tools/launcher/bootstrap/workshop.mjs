import { existsSync, mkdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { giveTree } from '../infra/users.mjs';
import { projectRoot } from '../paths.mjs';
import { copyTree, linkTree, moveTree } from '../trees.mjs';

const STAYS = new Set(['node_modules', '.git', '.throughline', '.nx', 'coverage']);
const ROOT = { uid: 0, gid: 0 };

/**
 * Lets the work run in the clone; as root in a copy of it that belongs to whoever does the work. What it brings is root's
 * afterwards and takes its place in the clone; a work that fails changes nothing there.
 * @template T
 * @param {import('../fetching.mjs').Fetcher} fetcher @param {{ uses?: string[], brings: string[] }} folders of the clone
 * @param {(folder: string) => Promise<T>} work
 */
export async function atBench({ user, home }, { uses = [], brings }, work) {
  if (!user) return work(projectRoot);
  const bench = join(home, 'clone');
  copyTree(projectRoot, bench, (path) => !STAYS.has(basename(path)) || relative(projectRoot, path) === '');
  giveTree(bench, user);
  for (const path of uses) linkTree(join(projectRoot, path), join(bench, path));
  await work(bench);
  for (const path of brings.filter((brought) => existsSync(join(bench, brought)))) {
    giveTree(join(bench, path), ROOT);
    mkdirSync(join(projectRoot, path, '..'), { recursive: true });
    moveTree(join(bench, path), join(projectRoot, path));
  }
}
