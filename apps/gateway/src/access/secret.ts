import { createHash, randomBytes } from 'node:crypto';

const secretBytes = 32;
const prefixes = { token: 'tl_', link: 'tl_link_', code: 'tl_code_', session: '', ticket: '' } as const;

/** A new secret of 256 random bits; those that people see begin with `tl_`, so that leak scanners know them. */
export function newSecret(kind: keyof typeof prefixes): string {
  return prefixes[kind] + randomBytes(secretBytes).toString('base64url');
}

/** What is stored of a secret. It has 256 bits of entropy, so a plain hash cannot be searched. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** True for the secret of a sign-in link. */
export function isLink(secret: string): boolean {
  return secret.startsWith(prefixes.link);
}
