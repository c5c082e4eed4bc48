import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockHome } from '../lock.mjs';
import { projectRoot } from '../paths.mjs';
import { progress } from '../terminal.mjs';
import { eventually } from '../wait.mjs';

/**
 * Does work on the clone itself while no other start or test of the same clone does; waits for that one to end.
 * @template T
 * @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(work) {
  const folder = join(projectRoot, '.throughline');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let told = false;
  const release = await eventually(
    () => {
      try {
        return lockHome(folder, 'prepare.lock');
      } catch (error) {
        if (!told) progress('Another run prepares this clone; waiting for it');
        told = true;
        throw error;
      }
    },
    { within: 15 * 60_000, every: 500, what: 'another run that prepares this clone' },
  );
  try {
    return await work();
  } finally {
    release();
  }
}
