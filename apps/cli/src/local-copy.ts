import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { indexOfCommit, installationHome } from './config.ts';
import { git, gitOn } from './git.ts';
import { Refused } from './exit.ts';

/** The group may read it, whatever the person's umask: as root it is the group of the services, else the person's own. */
const shared = 'core.sharedRepository=0640';
/** Names the branch of the copy that holds what is staged; the work tree itself has none of that name. */
const stagedBranch = 'staged-changes';

/** A copy that the platform may read, and the branch to look at; the default branch when it has none. */
export interface LocalCopy {
  readonly folder: string;
  readonly ref?: string;
}

/**
 * A bare copy of a local work tree below the installation's own folder, the only place that local repositories are read from.
 * A folder that is no repository becomes one commit of what it holds.
 */
export async function copyOf(folder: string): Promise<LocalCopy> {
  await stat(folder);
  const copy = await placeOf(folder);
  await rm(copy, { recursive: true, force: true });
  const isRepository = await exists(join(folder, '.git'));
  if (isRepository) await git(folder, 'clone', '--bare', '--no-local', '-c', shared, '--', folder, copy);
  else await commitFolder(folder, copy);
  return { folder: copy };
}

/** The same with a branch of what is staged: one commit on top of the one that is checked out. Throws `Refused` outside a work tree. */
export async function copyOfStaged(folder: string): Promise<LocalCopy> {
  const top = await git(folder, 'rev-parse', '--show-toplevel');
  const tree = await gitOn(indexOfCommit(), top, 'write-tree');
  const head = await git(top, 'rev-parse', '--verify', '--quiet', 'HEAD').catch(() => undefined);
  if (head === undefined) throw new Refused('usage', 'there is no commit yet that could be compared with: scan the folder itself');
  const commit = await git(top, 'commit-tree', tree, '-p', head, '-m', 'what is staged');
  const copy = await placeOf(top);
  if (!(await refreshed(top, copy))) await copyOf(top);
  await git(top, 'push', '--quiet', '--force', '--', copy, `${commit}:refs/heads/${stagedBranch}`);
  return { folder: copy, ref: stagedBranch };
}

/** Brings an earlier copy up to date; false where there is none, or nothing is checked out by name. */
async function refreshed(top: string, copy: string): Promise<boolean> {
  if (!(await exists(join(copy, 'HEAD')))) return false;
  try {
    const branch = await git(top, 'symbolic-ref', '--quiet', 'HEAD');
    await git(copy, 'fetch', '--quiet', '--prune', '--force', '--', top, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*');
    await git(copy, 'symbolic-ref', 'HEAD', branch);
    return true;
  } catch {
    return false;
  }
}

async function placeOf(folder: string): Promise<string> {
  await mkdir(join(installationHome(), 'local'), { recursive: true });
  // Where root installed, the services read it under another user, who cannot pass through the home.
  const copies = await realpath(join(installationHome(), 'local'));
  const name = `${basename(folder).replace(/[^A-Za-z0-9._-]/g, '-')}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}.git`;
  return join(copies, name);
}

async function commitFolder(folder: string, copy: string): Promise<void> {
  const index = await mkdtemp(join(tmpdir(), 'throughline-scan-'));
  try {
    await git(index, 'init', '--quiet', '--bare', '--shared=0640', '--initial-branch=main', copy);
    await git(folder, `--git-dir=${copy}`, `--work-tree=${folder}`, 'add', '--all', '--force', '.');
    await git(folder, `--git-dir=${copy}`, `--work-tree=${folder}`, 'commit', '--quiet', '--message=what the folder holds');
  } finally {
    await rm(index, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
