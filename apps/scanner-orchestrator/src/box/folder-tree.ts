import { open, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Tree } from '../scanners/scanner.ts';

/** The tree that lies in a folder. Links are not followed: the copy has none. */
export async function folderTree(root: string): Promise<Tree> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  return { root, files, text: (path, maxBytes) => textOf(join(root, path), maxBytes) };
}

async function textOf(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > maxBytes) return undefined;
    const bytes = await file.readFile();
    return decode(bytes);
  } finally {
    await file.close();
  }
}

/** UTF-8, or UTF-16 by its mark; undefined for what is binary. */
function decode(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  if (bytes.subarray(0, 8192).includes(0)) return undefined;
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}
