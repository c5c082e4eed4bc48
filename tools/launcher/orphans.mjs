import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './files.mjs';
import { ROOT_STORE, isRoot } from './paths.mjs';
import { identityOf, stillRuns } from './processes/identity.mjs';

const MARK = 'instance-of';

/** Notes in a data folder outside the home whose it is. @param {string} data @param {string} home */
export function markOwner(data, home) {
  if (isRoot()) writeFileSync(join(data, MARK), JSON.stringify({ home, by: identityOf(process.pid) }), { mode: 0o600 });
}

/** Who runs from a data folder, when the home with its lock was deleted beneath it. @param {string} data */
export function runnerOf(data) {
  const by = readJson(join(data, MARK))?.by;
  return by && stillRuns(by) ? by : undefined;
}

/** Data folders outlive a home that somebody deleted by hand; the next start removes them. */
export function sweepOrphans() {
  if (!isRoot()) return;
  for (const name of readdirSync(ROOT_STORE).filter((folder) => /^[0-9a-f]{16}$/.test(folder))) {
    const mark = readJson(join(ROOT_STORE, name, MARK));
    if (mark && !statSync(mark.home, { throwIfNoEntry: false }) && !stillRuns(mark.by)) {
      rmSync(join(ROOT_STORE, name), { recursive: true, force: true });
    }
  }
}
