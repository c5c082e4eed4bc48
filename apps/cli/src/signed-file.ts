import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Refused } from './exit.ts';

const mostBytes = 64 * 1024 * 1024;

/** The public key in a file (PEM). Throws `Refused` where there is none. */
export async function keyAt(path: string): Promise<KeyObject> {
  try {
    const key = createPublicKey(await readFile(path));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key');
    return key;
  } catch (error) {
    throw new Refused('usage', `${path} holds no public key (PEM): ${(error as Error).message}`);
  }
}

/** What a file of JSON holds. Throws `Refused` where it cannot be read. */
export async function jsonAt(path: string): Promise<unknown> {
  try {
    if ((await stat(path)).size > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw new Refused('usage', `${path} cannot be read: ${(error as Error).message}`);
  }
}
