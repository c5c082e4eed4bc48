import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { ScmCallFailed } from '../client.ts';
import type { AppIdentity } from '../app.ts';

/** Clocks differ; GitHub refuses a token that was issued in its future. */
const skewSeconds = 60;
/** GitHub takes no more than ten minutes, counted from when it was issued. */
const usableSeconds = 600 - skewSeconds;

/** What an App proves itself with (RS256). Throws `ScmCallFailed` for a key that is none. */
export async function appJwt({ id, key }: AppIdentity, now: number = Date.now()): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(id)
    .setIssuedAt(seconds - skewSeconds)
    .setExpirationTime(seconds + usableSeconds)
    .sign(readKey(key));
}

function readKey(pem: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new ScmCallFailed("the App's private key cannot be read", false);
  }
}
