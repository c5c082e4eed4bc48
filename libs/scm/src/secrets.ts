import { createHash, timingSafeEqual } from 'node:crypto';

/** Index of the secret that was sent itself. Takes the same time for any secret, and whether or not one was sent. */
export function sentSecret(secrets: readonly string[], sent: string | undefined): number | undefined {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const given = digest(sent ?? '');
  let match: number | undefined;
  for (const [index, secret] of secrets.entries()) {
    const equal = timingSafeEqual(digest(secret), given);
    if (equal && sent !== undefined && secret !== '' && match === undefined) match = index;
  }
  return match;
}
