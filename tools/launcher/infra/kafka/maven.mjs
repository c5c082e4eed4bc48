import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { draftOf, publish } from '../../cache.mjs';
import { LauncherError } from '../../errors.mjs';
import { pins, verifyFolder } from '../../pins.mjs';
import { giveTree, kafkaUser } from '../users.mjs';

const run = promisify(execFile);
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

export function canUseMaven() {
  return spawnSync('mvn', ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * Brings the jars into `folder`, whole and verified or not at all. Maven's plugins are code pinned by version only, so as
 * root they run as the broker's unprivileged uid; Maven's own repository is thrown away afterwards.
 * @param {string} folder @param {(line: string) => void} log @param {AbortSignal} [signal]
 */
export async function fetchJarsWithMaven(folder, log, signal) {
  const draft = mkdtempSync(draftOf(folder));
  const user = kafkaUser();
  try {
    log('Kafka: fetching 46 jars (44 MB) through Maven');
    prepare(draft, user);
    await resolve(draft, user, signal);
    const jars = join(draft, 'jars');
    if (user) giveTree(jars, { uid: 0, gid: 0 });
    await verifyFolder(jars, pins.kafka.jars);
    publish(jars, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function prepare(draft, user) {
  const settings = join(homedir(), '.m2', 'settings.xml');
  mkdirSync(join(draft, '.m2'));
  mkdirSync(join(draft, 'jars'), { mode: 0o755 });
  copyFileSync(pom, join(draft, 'pom.xml'));
  if (existsSync(settings)) copyFileSync(settings, join(draft, '.m2', 'settings.xml'));
  if (user) giveTree(draft, user);
}

async function resolve(draft, user, signal) {
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
  const MAVEN_OPTS = `${process.env.MAVEN_OPTS ?? ''} -Duser.home=${draft} -XX:-UsePerfData -Djava.io.tmpdir=${draft}`.trim();
  try {
    await run('mvn', args, { ...user, cwd: draft, timeout: 600_000, signal, env: { ...process.env, HOME: draft, MAVEN_OPTS } });
  } catch (cause) {
    const said = `${cause.stdout ?? ''}${cause.stderr ?? ''}`.trim().slice(0, 1_500);
    throw new LauncherError(
      'KAFKA_FETCH',
      `Maven could not fetch Kafka ${pins.kafka.version} into ${dirname(draft)}: ${said || cause.message}`,
      { cause },
    );
  }
}
