/**
 * Whether a tool has masked the value it found (`REDACTED`, `AKIA****`, `xxxx`): such a value has no identity, or all
 * masked secrets of a repository would be one.
 */
export function isMasked(value: string): boolean {
  const text = value.trim();
  return text === '' || /redacted|\*{3,}|•{3,}|\.{3}$|…|^x{4,}$/i.test(text) || new Set(text).size < 3;
}

/** Enough of a secret for a person to recognise it, too little to use it. */
export function secretPreview(secret: string): string {
  if (secret.startsWith('-----BEGIN')) return 'private key';
  const scheme = /^[a-z][a-z0-9+]{1,15}:\/\//i.exec(secret)?.[0];
  if (scheme !== undefined) return `${scheme}… (${secret.length} characters)`;
  const shown = secret.length >= 16 ? secret.slice(0, 4).replace(/[^\x21-\x7e]/g, '?') : '';
  return `${shown}… (${secret.length} characters)`;
}
