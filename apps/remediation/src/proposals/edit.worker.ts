import { once } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { JsonTextRefused } from '../editing/json-text.ts';
import { unifiedDiff } from '../editing/unified-diff.ts';
import type { Fix } from '../fixers/fixer.ts';
import { FixRefused, FixTooYoung } from '../fixers/version-change.ts';
import { findFixer } from '../fixers/registry.ts';
import { DocumentWanted, keyOf, worldOf, type FetchedDocument } from '../world/world.ts';
import type { EditAnswer, EditDelivery, EditOrder, MadeEdit } from './edit-order.ts';
import { remainingIn } from './proof.ts';

type Documents = Map<string, FetchedDocument>;

for (;;) await carryOut(await received<EditOrder>());

/** Nothing of an order is left for the next one. */
async function carryOut(order: EditOrder): Promise<void> {
  const documents: Documents = new Map(order.sources.map(({ path, text }) => [keyOf({ kind: 'file', at: '', name: path }), { text }]));
  for (;;) {
    const answer = await attempt(order, documents);
    parentPort!.postMessage(answer);
    if (!('wanted' in answer)) return;
    const { name, document } = await received<EditDelivery>();
    documents.set(keyOf(name), document);
  }
}

async function received<M>(): Promise<M> {
  const [message] = (await once(parentPort!, 'message')) as [M];
  return message;
}

/** Reads, edits, compares and proves: lock files have megabytes, and the service answers meanwhile. */
async function attempt(order: EditOrder, documents: Documents): Promise<EditAnswer> {
  try {
    const world = worldOf(documents, new Date(order.now), order.minimumAgeDays);
    return { made: await made(order, documents, findFixer(order.ecosystem)!.fix(order.change, order.sources, world)) };
  } catch (error) {
    if (error instanceof DocumentWanted) return { wanted: error.wanted };
    const { message } = error as Error;
    if (error instanceof FixTooYoung) return { refused: message, until: error.until.getTime() };
    if (error instanceof FixRefused) return { refused: message };
    return error instanceof JsonTextRefused ? { refused: `a file could not be read: ${message}` } : { failed: message };
  }
}

async function made(order: EditOrder, documents: Documents, { files, notes, to, moved, overrides, incomplete }: Fix): Promise<MadeEdit> {
  const remaining = await remainingIn(order.change, [
    ...order.sources.filter(({ path }) => !files.some((file) => file.path === path)),
    ...files,
  ]);
  const [left] = remaining;
  if (left !== undefined) throw new FixRefused(`the edited ${left.path} would still hold ${order.change.name} ${left.version}`);
  const diff = files.map(({ path, text }) => unifiedDiff(path, textBefore(documents, path), text)).join('');
  return {
    files: files.map(({ path, kind }) => ({ path, kind })),
    notes,
    to,
    moved,
    overrides,
    ...(incomplete !== undefined && { incomplete }),
    proven: files.some(({ kind }) => kind === 'lock'),
    diff,
  };
}

function textBefore(documents: Documents, path: string): string {
  const document = documents.get(keyOf({ kind: 'file', at: '', name: path }));
  return document && 'text' in document ? document.text : '';
}
