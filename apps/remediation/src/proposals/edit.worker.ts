import { parentPort, workerData } from 'node:worker_threads';
import { JsonTextRefused } from '../editing/json-text.ts';
import { unifiedDiff } from '../editing/unified-diff.ts';
import { FixRefused } from '../fixers/fixer.ts';
import { findFixer } from '../fixers/registry.ts';
import type { EditAnswer, EditOrder } from './edit-order.ts';

parentPort!.postMessage(answer(workerData as EditOrder));

/** Reads, edits and compares: lock files have megabytes, and the service answers meanwhile. */
function answer({ ecosystem, change, sources }: EditOrder): EditAnswer {
  try {
    const fix = findFixer(ecosystem)!.fix(change, sources);
    const before = new Map(sources.map(({ path, text }) => [path, text]));
    const diff = fix.files.map(({ path, text }) => unifiedDiff(path, before.get(path)!, text)).join('');
    return { files: fix.files.map(({ path, kind }) => ({ path, kind })), notes: fix.notes, diff };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof FixRefused) return { refused: message };
    return error instanceof JsonTextRefused ? { refused: `a file could not be read: ${message}` } : { failed: message };
  }
}
