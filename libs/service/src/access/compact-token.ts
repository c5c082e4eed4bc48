import { sign, verify, type KeyObject } from 'node:crypto';

/** A token that is not one of ours, or not signed by whom it names. */
export class TokenBroken extends Error {}

/** The one header there is: whoever writes another algorithm or type into it has made another token than ours. */
const head = encoded({ alg: 'EdDSA', typ: 'throughline-identity+jwt' });
const signatureBytes = 64;

/** A JWT (RFC 7519) in compact form with an Ed25519 signature (RFC 8037); a thread of its own would cost more than it takes. */
export function signToken(claims: object, key: KeyObject): string {
  const text = `${head}.${encoded(claims)}`;
  return `${text}.${sign(undefined, Buffer.from(text), key).toString('base64url')}`;
}

/** The claims of a token, believed because they are signed with the key that `keyOf` finds by them. Throws `TokenBroken`. */
export function readToken(token: string, keyOf: (claims: Readonly<Record<string, unknown>>) => KeyObject): object {
  const [header, payload, ending, ...more] = token.split('.');
  if (header !== head || payload === undefined || ending === undefined || more.length > 0) throw new TokenBroken('it is malformed');
  const claims = decoded(payload);
  const key = keyOf(claims);
  const signature = Buffer.from(ending, 'base64url');
  if (signature.length !== signatureBytes || key.asymmetricKeyType !== 'ed25519') throw new TokenBroken('it is not signed');
  if (!verify(undefined, Buffer.from(`${header}.${payload}`), key, signature)) throw new TokenBroken('its signature is wrong');
  return claims;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims as Record<string, unknown>;
  } catch (error) {
    throw new TokenBroken('it is malformed', { cause: error });
  }
  throw new TokenBroken('it is malformed');
}
