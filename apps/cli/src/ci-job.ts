import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExchangedToken } from '@throughline/contracts';
import type { CiIdentity } from './config.ts';
import { Refused } from './exit.ts';
import { plain, say } from './terminal.ts';

type Exchange = (body: object) => Promise<ExchangedToken>;

interface Kept {
  readonly until: number;
  readonly entry: ExchangedToken;
}

const answerMs = 15_000;
const mostBytes = 64 * 1024;
const oldMs = 24 * 3_600_000;

/** Comes in as the CI job in which the program runs: its token is taken once, and ours lasts for the rest of the job. */
export async function enterAsJob(identity: CiIdentity, server: string, exchange: Exchange): Promise<ExchangedToken> {
  const { from, cache } = identity;
  if ('url' in from) return told(await exchange(bodyOf(await askedFor(from, identity.audience))));
  // A given token is the same for all commands of the job, and is taken once.
  const file = join(cache, `ci-${createHash('sha256').update(`${server}\n${from.idToken}`).digest('hex').slice(0, 32)}.json`);
  const kept = await readKept(file);
  if (kept) return kept;
  const entry = told(await exchange(bodyOf(from.idToken)));
  await keep(cache, file, { until: Date.now() + (entry.expires_in - 30) * 1000, entry }).catch((error: unknown) => {
    say(`the token of this job cannot be kept for its next command: ${(error as Error).message}`);
  });
  return entry;
}

function told(entry: ExchangedToken): ExchangedToken {
  const { repository, commit, ref, changeOnly } = entry;
  say(`as the CI job of ${plain(repository)} at ${commit.slice(0, 12)} (${plain(ref)})`);
  if (changeOnly !== undefined) say(`what it says counts at the change gate only: ${plain(changeOnly)}`);
  return entry;
}

/** The runner makes a token for each question. */
async function askedFor({ url, secret }: { readonly url: string; readonly secret: string }, audience: string): Promise<string> {
  const address = URL.parse(url);
  if (!address || !isSafe(address)) throw new Refused('usage', 'ACTIONS_ID_TOKEN_REQUEST_URL is no https address');
  address.searchParams.set('audience', audience);
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${secret}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await response.text();
    const { value } = (response.ok && text.length <= mostBytes ? JSON.parse(text) : {}) as { value?: unknown };
    if (typeof value === 'string') return value;
    throw new Error(`it answered ${response.status}`);
  } catch (error) {
    throw new Refused('unreachable', `the runner made no token for this job: ${(error as Error).message}`);
  }
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function bodyOf(idToken: string): object {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: idToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  };
}

/** What an earlier command of the job kept; nothing that somebody else could have put there. */
async function readKept(file: string): Promise<ExchangedToken | undefined> {
  try {
    const { mode, uid } = await lstat(file);
    if ((mode & 0o177_077) !== 0o100_000 || uid !== process.getuid?.()) return undefined;
    const { until, entry } = JSON.parse(await readFile(file, 'utf8')) as Kept;
    return until > Date.now() ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function keep(folder: string, file: string, kept: Kept): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of (await readdir(folder)).filter((each) => /^ci-[0-9a-f]{32}\.json$/.test(each)).slice(0, 1000)) {
    const { mtimeMs } = await lstat(join(folder, name));
    if (mtimeMs < Date.now() - oldMs) await rm(join(folder, name), { force: true });
  }
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify(kept), { mode: 0o600, flag: 'wx' });
  await chmod(file, 0o600);
}
