import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fetching } from '../fetching.mjs';
import { readJson } from '../files.mjs';
import { projectRoot } from '../paths.mjs';
import { SERVICES } from '../services.mjs';
import { runNpm } from './npm.mjs';
import { atBench } from './workshop.mjs';

const stampFile = join(projectRoot, 'node_modules', '.throughline-build.json');
const NOT_SOURCE = new Set(['dist', 'node_modules', 'coverage', '.nx', 'fixtures']);

/** @returns {boolean} whether what is built was built from these sources */
export function isBuilt() {
  const outputs = [
    ...SERVICES.map((service) => `apps/${service}/dist/service.js`),
    'apps/cli/dist/main.js',
    'apps/dashboard/dist/index.html',
  ];
  if (!outputs.every((path) => existsSync(join(projectRoot, path)))) return false;
  return readJson(stampFile)?.sources === hashOfSources();
}

/** Hashed before the build: a file that changes while it runs is built again next time. */
export async function build() {
  const sources = hashOfSources();
  await fetching((fetcher) =>
    atBench(fetcher, { uses: ['node_modules'], brings: outputFolders() }, (cwd) =>
      runNpm(['run', 'build', '--silent'], { ...fetcher, cwd }),
    ),
  );
  writeFileSync(stampFile, JSON.stringify({ sources }));
}

/** All of them: TypeScript keeps beside its output what it needs to know next time. */
const outputFolders = () =>
  ['libs', 'apps'].flatMap((group) => readdirSync(join(projectRoot, group)).map((name) => join(group, name, 'dist')));

/** @param {string} [root] @param {string[]} [folders] @returns {string} of all that goes into the build, by names and contents */
export function hashOfSources(root = projectRoot, folders = ['libs', 'apps']) {
  const hash = createHash('sha256');
  const top = readdirSync(root)
    .filter((name) => /^(tsconfig.*\.json|package(-lock)?\.json)$/.test(name))
    .sort();
  for (const path of [...top.map((name) => join(root, name)), ...folders.flatMap((folder) => [...sourcesBelow(join(root, folder))])]) {
    hash.update(`${relative(root, path)}\0`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

function* sourcesBelow(folder) {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (NOT_SOURCE.has(entry.name) || /\.(int\.|e2e\.)?spec\.tsx?$|\.tsbuildinfo$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesBelow(path);
    else if (entry.isFile()) yield path;
  }
}
