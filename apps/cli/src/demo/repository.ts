import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git } from '../git.ts';

/** The demo's repository: bare, with a harmless first commit and a second one that a gate should stop. */
export interface DemoRepository {
  readonly folder: string;
  readonly before: string;
  readonly after: string;
}

const assets = fileURLToPath(new URL('../../demo/', import.meta.url));

/** Builds the repository anew below `home`. */
export async function buildRepository(home: string): Promise<DemoRepository> {
  const root = join(home, 'demo');
  const folder = join(root, 'demo', 'demo-shop.git');
  const tree = join(root, 'tree');
  for (const path of [folder, tree]) await rm(path, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await git(root, 'init', '--quiet', '--bare', '--shared=0640', '--initial-branch=main', folder);
  const before = await commitStep(folder, tree, '1-baseline', 'Start the shop');
  const after = await commitStep(folder, tree, '2-change', 'Add monthly reports and deploy them');
  await rm(tree, { recursive: true, force: true });
  return { folder, before, after };
}

async function commitStep(folder: string, tree: string, step: string, message: string): Promise<string> {
  await cp(join(assets, 'repository', step), tree, { recursive: true });
  await plantSecret(tree);
  const at = [`--git-dir=${folder}`, `--work-tree=${tree}`];
  await git(tree, ...at, 'add', '--all', '--force');
  await git(tree, ...at, 'commit', '--quiet', `--message=${message}`);
  return git(tree, ...at, 'rev-parse', 'HEAD');
}

/** Puts the fake token in place. It is made here, so that no file of this project looks like a leak. */
async function plantSecret(tree: string): Promise<void> {
  const file = join(tree, 'src', 'config.js');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) await writeFile(file, text.replace('{{planted-secret}}', plantedSecret()));
}

/** A token in the form of a source host's personal tokens that never was one: 36 letters and digits of a fixed digest. */
export function plantedSecret(): string {
  const letters = createHash('sha512')
    .update('a fake token of the demo')
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '');
  return `ghp_${letters.slice(0, 36)}`;
}

/** Takes the repository away again, as far as it is ours to take. */
export async function dropRepository(home: string): Promise<void> {
  await rm(join(home, 'demo'), { recursive: true, force: true }).catch(() => undefined);
}

/** The demo's advisories as OSV records, written from public facts. */
export async function demoAdvisories(): Promise<object[]> {
  const names = ['GHSA-29mw-wpgm-hmr9', 'GHSA-35jh-r3h4-6jhm', 'GHSA-8q59-q68h-6hv4', 'GHSA-xvch-5gv4-984h'];
  const records = await Promise.all(names.map((name) => readFile(join(assets, 'advisories', `${name}.json`), 'utf8')));
  return records.map((record) => JSON.parse(record) as object);
}
