import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { maxDocumentBytes, PolicyRefused, readPolicy, runCases, type CaseOutcome, type Flaw } from '@throughline/policy';
import { Refused } from './exit.ts';

/** A file with a policy, and what became of it. */
export interface PolicyFile {
  readonly path: string;
  readonly source: string;
  /** Absent when it cannot be read as a policy. */
  readonly name?: string;
  readonly digest?: string;
  readonly flaws: readonly Flaw[];
  readonly cases: readonly CaseOutcome[];
}

const endings = /\.(?:ya?ml|json)$/;
const mostFiles = 200;

/** Reads a policy, or all that lie in a folder, and runs their cases; throws `Refused` when there are none. */
export async function tryPolicies(path: string): Promise<readonly PolicyFile[]> {
  const files = await filesAt(path);
  if (files.length === 0) throw new Refused('usage', `${path} has no policy: files end with .yaml, .yml or .json`);
  if (files.length > mostFiles) throw new Refused('usage', `${path} has more than ${mostFiles} policies`);
  const tried: PolicyFile[] = [];
  for (const file of files) tried.push(tryPolicy(file, await textOf(file)));
  return tried;
}

/** It can be read, and all of its cases pass. */
export function passes({ flaws, cases }: PolicyFile): boolean {
  return flaws.length === 0 && cases.every(({ passed }) => passed);
}

function tryPolicy(path: string, source: string): PolicyFile {
  try {
    const policy = readPolicy(source, 1);
    return { path, source, name: policy.document.name, digest: policy.digest, flaws: [], cases: runCases(policy) };
  } catch (error) {
    if (!(error instanceof PolicyRefused)) throw error;
    return { path, source, flaws: error.errors, cases: [] };
  }
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Refused('usage', `${path} cannot be read: there is no such file`);
  if (found.isFile()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => endings.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** The text of a file with a policy; throws `Refused` for one that is too long. */
export async function textOf(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > maxDocumentBytes) throw new Refused('usage', `${path} has more than ${maxDocumentBytes} bytes`);
  return readFile(path, 'utf8');
}
