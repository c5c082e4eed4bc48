import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { draftOf, publish } from '../../cache.mjs';
import { LauncherError } from '../../errors.mjs';
import { fetching } from '../../fetching.mjs';
import { pins, verifyFolder } from '../../pins.mjs';
import { fetchUser, giveTree } from '../users.mjs';

const run = promisify(execFile);
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

export function canUseMaven() {
  return spawnSync('mvn', ['--version'], { ...fetchUser(), cwd: '/', stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * Brings the jars into `folder`, whole and verified or not at all. Maven's plugins are code pinned by version only; its own
 * repository is thrown away afterwards.
 * @param {string} folder @param {(line: string) => void} log @param {AbortSignal} [signal]
 */
export async function fetchJarsWithMaven(folder, log, signal) {
  const draft = mkdtempSync(draftOf(folder));
  try {
    log('Kafka: fetching 46 jars (44 MB) through Maven');
    await fetching((fetcher) => resolve(draft, fetcher, signal));
    const jars = join(draft, 'jars');
    if (fetchUser()) giveTree(draft, { uid: 0, gid: 0 });
    await verifyFolder(jars, pins.kafka.jars);
    publish(jars, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function resolve(draft, { user, home, env }, signal) {
  mkdirSync(join(draft, 'jars'), { mode: 0o755 });
  copyFileSync(pom, join(draft, 'pom.xml'));
  if (user) giveTree(draft, user);
  const args = [
    '-B',
    '-ntp',
    '-q',
    '-f',
    'pom.xml',
    `-Dmaven.repo.local=${join(draft, 'repository')}`,
    COPY,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${join(draft, 'jars')}`,
  ];
  const MAVEN_OPTS = `${env.MAVEN_OPTS ?? ''} -Duser.home=${home} -XX:-UsePerfData -Djava.io.tmpdir=${draft}`.trim();
  try {
    await run('mvn', args, { ...user, cwd: draft, timeout: 600_000, signal, env: { ...env, MAVEN_OPTS } });
  } catch (cause) {
    const said = `${cause.stdout ?? ''}${cause.stderr ?? ''}`.trim().slice(0, 1_500);
    throw new LauncherError(
      'KAFKA_FETCH',
      `Maven could not fetch Kafka ${pins.kafka.version} into ${dirname(draft)}: ${said || cause.message}`,
      { cause },
    );
  }
}
