import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StartedScan, WatchedRepository } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { Refused } from '../exit.ts';
import { copyOf, copyOfStaged } from '../local-copy.ts';
import { sarifOf } from '../sarif.ts';
import { say } from '../terminal.ts';
import { askGate } from './gate.ts';
import { allFindings, listFindings } from './findings.ts';

export interface ScanFlags {
  readonly ref?: string;
  readonly staged?: boolean;
  readonly wait: string;
  readonly sarif?: string;
  readonly json?: boolean;
}

interface Target {
  readonly url: string;
  readonly ref?: string;
  /** Of the work tree, where it is on this machine. */
  readonly folder?: string;
}

/**
 * Scans a folder or a repository's URL like a push of it: registers, scans, shows the findings and what the gate says. What is
 * staged is scanned like a push to a new branch: only what it adds counts.
 */
export async function scan(api: Api, target: string, flags: ScanFlags): Promise<number> {
  const { url, ref, folder } = await targetOf(target, flags);
  const repository = await api.call<WatchedRepository>('POST', 'repositories', { body: { url } });
  const started = await api.call<StartedScan>('POST', `repositories/${repository.id}/scan`, { body: ref === undefined ? {} : { ref } });
  say(`scanning ${started.commit.slice(0, 12)} of ${flags.staged ? `what is staged in ${folder}` : url}`);
  const code = await askGate(api, { gate: 'change', repository: url, commit: started.commit, wait: flags.wait, json: flags.json ?? false });
  const query = { repository: url, commit: started.commit };
  if (!flags.json && !flags.staged) await listFindings(api, { ...query, limit: '50' });
  if (flags.sarif !== undefined) {
    const root = folder === undefined ? {} : { root: `${pathToFileURL(folder).href}/` };
    const log = sarifOf(await allFindings(api, query), { ...root, commit: started.commit });
    await writeFile(flags.sarif, `${JSON.stringify(log, null, 2)}\n`);
    say(`findings written to ${flags.sarif}`);
  }
  return code;
}

async function targetOf(target: string, { ref, staged }: ScanFlags): Promise<Target> {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+@[^/\s]+:/i.test(target);
  if (staged && (isUrl || ref !== undefined))
    throw new Refused('usage', '--staged is about a work tree on this machine, and names no --ref');
  if (isUrl) return { url: target, ...(ref === undefined ? {} : { ref }) };
  const folder = resolve(target);
  const copy = staged ? await copyOfStaged(folder) : await copyOf(folder);
  const wanted = ref ?? copy.ref;
  return { url: pathToFileURL(copy.folder).href, folder, ...(wanted === undefined ? {} : { ref: wanted }) };
}
