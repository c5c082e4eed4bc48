import type { Git } from '@throughline/git';
import { ask, ObjectReader } from './checkout.ts';
import type { TreeFile } from './tree-listing.ts';

/** A file with what it says. */
interface FileText {
  readonly file: TreeFile;
  readonly text: string;
}

/** Looked at to tell text from the rest, as git does. */
const sniffed = 8000;

/** The texts among some files of a commit, one after the other; their sizes were looked at before. */
export async function* textsOf(git: Git, files: readonly TreeFile[], signal?: AbortSignal): AsyncIterable<FileText> {
  if (files.length === 0) return;
  const stream = git.stream(['cat-file', '--batch', '--buffer'], { timeoutMs: 120_000, ...(signal && { signal }) });
  void ask(stream, files);
  const objects = new ObjectReader(stream.output);
  try {
    for (const file of files) {
      const size = await objects.header(file.object);
      const parts: Uint8Array[] = [];
      for await (const part of objects.body(size)) parts.push(Buffer.from(part));
      const body = Buffer.concat(parts);
      if (!body.subarray(0, sniffed).includes(0)) yield { file, text: body.toString('utf8') };
    }
  } finally {
    stream.stop();
  }
}
