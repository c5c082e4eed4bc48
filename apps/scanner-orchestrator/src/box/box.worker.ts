import { once } from 'node:events';
import { scanners } from '../scanners/registry.ts';
import { ReportRefused, type RawLine, type Scanner, type Tree } from '../scanners/scanner.ts';
import type { BoxEnd, BoxFailure, BoxTask } from './box-task.ts';
import { folderTree } from './folder-tree.ts';
import { Masks } from './masks.ts';
import { loadSecretRules } from './secret-rules.ts';
import { Settler } from './settle.ts';

/** Scans the tree, or reads a program's report from standard input, and writes settled lines (NDJSON) to standard output. */
async function work(task: BoxTask): Promise<void> {
  const scanner = scanners.find(({ name }) => name === task.scanner);
  if (!scanner) throw new Error(`no scanner has the name ${task.scanner}`);
  const tree = await folderTree(task.tree);
  const masks = task.masks === undefined ? undefined : new Masks(tree, await loadSecretRules(task.masks));
  const settler = new Settler(tree, masks);
  let count = 0;
  for await (const raw of linesOf(scanner, tree, task.tool)) {
    await write(await settler.settle(raw));
    count += 1;
  }
  await write({ end: count } satisfies BoxEnd);
}

function linesOf(scanner: Scanner, tree: Tree, tool: string | undefined): AsyncIterable<RawLine> {
  return scanner.kind === 'own' ? scanner.scan(tree, tool) : scanner.read(process.stdin, tree);
}

async function write(line: object): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}

try {
  await work(JSON.parse(process.argv[2] ?? '') as BoxTask);
} catch (error) {
  // Other errors may quote the tree.
  const reason = error instanceof ReportRefused ? error.message : `it failed with ${(error as Error).name}`;
  await write({ failed: reason } satisfies BoxFailure);
}
