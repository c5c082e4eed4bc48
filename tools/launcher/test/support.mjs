import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param {import('node:test').TestContext} context @returns {string} a folder that goes with the test */
export function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
