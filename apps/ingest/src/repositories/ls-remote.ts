import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '@throughline/service';

/** Where to ask, and with what. The credential goes to the origin of the address only. */
export interface Remote {
  readonly cloneUrl: string;
  /** Value of the `authorization` header. */
  readonly authorization?: string;
}

/** The refs of a remote by name, annotated tags as the commit that they name, and where HEAD points. */
export interface RemoteRefs {
  readonly refs: ReadonlyMap<string, string>;
  readonly head?: string;
}

const timeoutMs = 20_000;
const mostBytes = 4 * 1024 * 1024;

/** Asks a remote for refs that match the patterns, by the checkout profile: nothing of this machine's git configuration holds. */
export async function lsRemote(remote: Remote, patterns: readonly string[]): Promise<RemoteRefs> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-ls-remote-'));
  try {
    const env = await profile(folder, remote);
    return readRefs(await run(['ls-remote', '--symref', '--', remote.cloneUrl, ...patterns], folder, env));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Environment from nothing; configuration by environment, so that a credential is never an argument. */
async function profile(folder: string, { cloneUrl, authorization }: Remote): Promise<Record<string, string>> {
  const url = new URL(cloneUrl);
  const scheme = url.protocol.slice(0, -1);
  const settings: [string, string][] = [
    ['http.followRedirects', 'false'],
    // Git is ended after a time, but its helper only ends by itself.
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', '15'],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['credential.helper', ''],
    ['protocol.allow', 'never'],
    [`protocol.${scheme}.allow`, 'always'],
    ...(authorization === undefined
      ? []
      : ([[`http.${url.origin}/.extraHeader`, `authorization: ${authorization}`]] as [string, string][])),
  ];
  const globalConfig = join(folder, 'gitconfig');
  // The child that serves a local repository gets this file only: without it git refuses a folder of another user.
  const trusted = scheme === 'file' ? [fileURLToPath(url), join(fileURLToPath(url), '.git')] : [];
  await writeFile(globalConfig, `[safe]\n${trusted.map((path) => `\tdirectory = ${JSON.stringify(path)}\n`).join('')}`, { mode: 0o600 });
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: folder,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: globalConfig,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: scheme,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([name, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, name],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

function run(args: readonly string[], cwd: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...args],
      { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: mostBytes, encoding: 'utf8' },
      (error, stdout) => {
        if (!error) resolve(stdout);
        // What git says may quote the address and headers: only that it failed is told.
        else reject(new Problem(422, 'repository_unreachable', `the repository cannot be read at its address: ${reasonOf(error)}`));
      },
    );
  });
}

function reasonOf(error: { killed?: boolean; code?: unknown }): string {
  if (error.killed) return `no answer within ${timeoutMs / 1000} s`;
  return error.code === 'ENOENT' ? 'git is not installed' : 'it does not exist, is empty, or needs a credential (set one at its source)';
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
