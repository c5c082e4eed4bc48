import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHash } from 'node:crypto';
import type { StartedScan, WatchedRepository } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { installationHome } from '../config.ts';
import { git } from '../git.ts';
import { say } from '../terminal.ts';
import { askGate } from './gate.ts';
import { listFindings } from './findings.ts';

/** The group may read it, whatever the person's umask: as root it is the group of the services, else the person's own. */
const shared = 'core.sharedRepository=0640';

export interface ScanFlags {
  readonly ref?: string;
  readonly wait: string;
  readonly json?: boolean;
}

/** Scans a folder or a repository's URL like a push of it: registers, scans, shows the findings and what the gate says. */
export async function scan(api: Api, target: string, flags: ScanFlags): Promise<number> {
  const url = /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+@[^/\s]+:/i.test(target) ? target : await localCopy(resolve(target));
  const repository = await api.call<WatchedRepository>('POST', 'repositories', { body: { url } });
  const started = await api.call<StartedScan>('POST', `repositories/${repository.id}/scan`, { body: flags.ref ? { ref: flags.ref } : {} });
  say(`scanning ${started.commit.slice(0, 12)} of ${url}`);
  const code = await askGate(api, { gate: 'change', repository: url, commit: started.commit, wait: flags.wait, json: flags.json ?? false });
  if (!flags.json) await listFindings(api, { repository: url, commit: started.commit, limit: '50' });
  return code;
}

/**
 * A bare copy of a local work tree below the installation's own folder, the only place that local repositories are read from.
 * A folder that is no repository becomes one commit of what it holds.
 */
async function localCopy(folder: string): Promise<string> {
  await stat(folder);
  await mkdir(join(installationHome(), 'local'), { recursive: true });
  // Where root installed, the services read it under another user, who cannot pass through the home.
  const copies = await realpath(join(installationHome(), 'local'));
  const name = `${basename(folder).replace(/[^A-Za-z0-9._-]/g, '-')}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}.git`;
  const copy = join(copies, name);
  await rm(copy, { recursive: true, force: true });
  const isRepository = await stat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
  if (isRepository) await git(copies, 'clone', '--bare', '--no-local', '-c', shared, '--', folder, copy);
  else await commitFolder(folder, copy);
  return pathToFileURL(copy).href;
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
