import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { kafkaUser } from '../users.mjs';

const MINIMUM = 17;

/** @typedef {{ path: string, major: number, version: string, key: string }} Java `key` names this very build */

/** @returns {Java | undefined} the machine's Java 17 or later, if the uid that will run the broker can start it */
export function findJava() {
  const named = process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin', 'java')] : [];
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'java'));
  for (const path of [...named, ...onPath]) {
    const java = existsSync(path) ? describeJava(path) : undefined;
    if (java && java.major >= MINIMUM) return java;
  }
  return undefined;
}

/** @param {string} path @returns {Java | undefined} undefined when it does not run */
export function describeJava(path) {
  const answer = spawnSync(path, ['-version'], { ...kafkaUser(), cwd: '/', encoding: 'utf8', timeout: 15_000 });
  const version = /version "([^"]+)"/.exec(answer.stderr ?? '')?.[1];
  if (answer.status !== 0 || !version) return undefined;
  const key = createHash('sha256').update(`${path}\n${answer.stderr}`).digest('hex').slice(0, 8);
  return { path, major: Number.parseInt(version, 10), version, key };
}
