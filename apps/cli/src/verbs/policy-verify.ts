import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { BundleRefused, EnvelopeRefused, openBundle } from '@throughline/policy';
import { exitCodes, Refused } from '../exit.ts';
import { plain, say, show, showJson } from '../terminal.ts';

export interface VerifyFlags {
  /** Files with a public key each (PEM). */
  readonly key: readonly string[];
  /** Sequence of the last bundle that was seen. */
  readonly after?: string;
  readonly json?: boolean;
}

const mostBytes = 64 * 1024 * 1024;

/** Verifies a signed bundle with a key that one has from elsewhere; needs no server. 0, or 1 with the reason. */
export async function verifyBundle(path: string, { key, after, json = false }: VerifyFlags): Promise<number> {
  const keys = await Promise.all(key.map(keyAt));
  const last = after === undefined ? undefined : Number(after);
  if (last !== undefined && !Number.isSafeInteger(last)) throw new Refused('usage', '--after takes the sequence of the last bundle');
  const envelope = await jsonAt(path);
  try {
    const { bundle, digest, keyId } = openBundle(envelope, { keys, ...(last === undefined ? {} : { after: last }) });
    const { sequence, publishedAt, by, policies } = bundle;
    const contents = policies.map(({ name, version, digest: own }) => ({ name, version, digest: own }));
    if (json) showJson({ verified: true, sequence, digest, keyId, publishedAt, by, policies: contents });
    else
      show(`bundle ${sequence}  ${digest}  ${policies.length} policies, published ${plain(String(publishedAt))} by ${plain(String(by))}`);
    return exitCodes.pass;
  } catch (error) {
    if (!(error instanceof BundleRefused || error instanceof EnvelopeRefused)) throw error;
    if (json) showJson({ verified: false, reason: error.message });
    say(`not to be believed: ${plain(error.message)}`);
    return exitCodes.denied;
  }
}

async function keyAt(path: string): Promise<KeyObject> {
  try {
    const key = createPublicKey(await readFile(path));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key');
    return key;
  } catch (error) {
    throw new Refused('usage', `${path} holds no public key (PEM): ${(error as Error).message}`);
  }
}

async function jsonAt(path: string): Promise<unknown> {
  try {
    if ((await stat(path)).size > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw new Refused('usage', `${path} cannot be read: ${(error as Error).message}`);
  }
}
