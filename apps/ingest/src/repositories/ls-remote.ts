import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Git, GitFailed, trustFor, type Origin } from '@throughline/git';
import { Problem } from '@throughline/service';

/** The refs of a remote by name, annotated tags as the commit that they name, and where HEAD points. */
export interface RemoteRefs {
  readonly refs: ReadonlyMap<string, string>;
  readonly head?: string;
}

const timeoutMs = 20_000;

/** Asks a remote for refs that match the patterns, by the profile of all our git processes. Throws `Problem` 422 when it does not answer. */
export async function lsRemote(origin: Origin, patterns: readonly string[]): Promise<RemoteRefs> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-ls-remote-'));
  try {
    const trust = await trustFor(origin, join(folder, 'trust'));
    const git = new Git(undefined, { empty: folder });
    const call = { timeoutMs, origin, ...(trust === undefined ? {} : { trust }) };
    return readRefs(await git.text(['ls-remote', '--symref', '--', origin.url, ...patterns], call));
  } catch (error) {
    // What git says may quote the address and headers: only that it failed is told.
    if (error instanceof GitFailed) throw unreachable();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function unreachable(): Problem {
  const why =
    'it does not exist, is empty, does not answer, needs a credential (set one at its source), or lies at an address that is not public';
  return new Problem(422, 'repository_unreachable', `the repository cannot be read at its address: ${why} (OUTBOUND_ALLOW)`);
}

/** Reads `<id>\t<ref>` and `ref: <ref>\tHEAD` lines; other lines are passed over. */
export function readRefs(output: string): RemoteRefs {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of output.split('\n')) {
    const symbolic = /^ref: (refs\/\S+)\tHEAD$/.exec(line);
    if (symbolic) head = symbolic[1];
    const found = /^([0-9a-f]{40}|[0-9a-f]{64})\t(\S+?)(\^\{\})?$/.exec(line);
    // The peeled line of an annotated tag follows it and replaces the tag object.
    if (found) refs.set(found[2]!, found[1]!);
  }
  return { refs, ...(head === undefined ? {} : { head }) };
}
