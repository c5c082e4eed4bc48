import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rules of the operator for one scanner. */
export interface RuleFolder {
  /** Absolute path. */
  readonly path: string;
  /** Our own rule, by which the run proves itself. */
  readonly canary: string;
  /** Digest of all rules: two runs compare only when it is equal. */
  readonly digest: string;
}

const shipped = fileURLToPath(new URL('../../rules', import.meta.url));
const mostFiles = 5_000;

/** Whether there are rules in `<dir>/<name>`, without reading them. */
export async function hasRules(dir: string, name: string): Promise<boolean> {
  return (await ruleFiles(join(dir, name))).length > 0;
}

/** The rules in `<dir>/<name>`; undefined when there are none. Links are not followed. */
export async function findRules(dir: string, name: string): Promise<RuleFolder | undefined> {
  const path = join(dir, name);
  const files = await ruleFiles(path);
  if (files.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${relative(path, file)}\0`).update(
      createHash('sha256')
        .update(await readFile(file))
        .digest(),
    );
  }
  return { path, canary: join(shipped, name), digest: hash.digest('hex').slice(0, 16) };
}

async function ruleFiles(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    if (files.length > mostFiles) throw new Error(`${path} has ${files.length} rule files, at most ${mostFiles} are read`);
    return files.sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
