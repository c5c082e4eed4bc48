import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { cacheFolder, isRoot, projectRoot, ROOT_STORE } from '../paths.mjs';

const GB = 1024 ** 3;
const NEEDED_MEMORY = 1.5 * GB;
const NEEDED_DISK = 2 * GB;

/** @returns {import('../doctor.mjs').Check[]} */
export function memoryChecks() {
  const available = availableMemory();
  const found = `${gigabytes(available)} of ${gigabytes(totalmem())} available, ${availableParallelism()} cores`;
  return [
    available >= NEEDED_MEMORY
      ? { name: 'memory', state: 'good', found }
      : { name: 'memory', state: 'poor', found, remedy: `It takes about ${gigabytes(NEEDED_MEMORY)} while it runs: close something else.` },
  ];
}

/** What Linux could give without swapping; freemem() leaves out what caches would release. */
function availableMemory() {
  if (!existsSync('/proc/meminfo')) return freemem();
  const line = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return line ? Number(line[1]) * 1024 : freemem();
}

/** @param {string} home @returns {import('../doctor.mjs').Check[]} */
export function diskChecks(home) {
  const places = new Map(
    [projectRoot, home, isRoot() ? ROOT_STORE : cacheFolder()]
      .map((path) => nearest(path))
      .map((path) => {
        const { bavail, bsize, fsid = 0 } = /** @type {any} */ (statfsSync(path));
        return [`${fsid}/${bavail}`, { path, free: bavail * bsize }];
      }),
  );
  return [...places.values()].map(({ path, free }) =>
    free >= NEEDED_DISK
      ? { name: 'disk', state: 'good', found: `${gigabytes(free)} free at ${path}` }
      : {
          name: 'disk',
          state: 'poor',
          found: `${gigabytes(free)} free at ${path}`,
          remedy: `All together takes about ${gigabytes(NEEDED_DISK)}.`,
        },
  );
}

function nearest(path) {
  return existsSync(path) ? path : nearest(dirname(path));
}

const gigabytes = (bytes) => `${(bytes / GB).toFixed(1)} GB`;
