import { createHash } from 'node:crypto';

/** Values that JSON can carry without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** A value that has no canonical form: not JSON, not finite, or text that is not Unicode. */
export class NotCanonical extends Error {
  readonly code = 'not_canonical';
}

/** JSON Canonicalization Scheme (RFC 8785): members by UTF-16 code units, numbers as ECMAScript prints them, no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${text(name)}:${canonicalJson(member)}`).join(',')}}`;
  }
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  throw new NotCanonical(`a value of type ${typeof value} has no canonical JSON form`);
}

/** `sha256:` and the hex digest of the canonical form. */
export function digestOf(value: unknown): string {
  return digestOfBytes(canonicalJson(value));
}

/** `sha256:` and the hex digest of the bytes. */
export function digestOfBytes(data: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function text(value: string): string {
  if (/\p{Cs}/u.test(value)) throw new NotCanonical('a text with a lone surrogate has no canonical JSON form');
  return JSON.stringify(value);
}
