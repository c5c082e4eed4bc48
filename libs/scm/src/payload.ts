import { WebhookRefused } from './provider.ts';

const commitId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Control characters, halves of characters, line and paragraph separators, and the marks that reorder text on a screen. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const forbiddenInRefs = /[\p{Cc}\p{Cs} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)/u;

/** The value at a path of own properties; undefined when any step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

/** The first of the values that is a non-empty text. */
export function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}

/** Foreign text as one printable line of at most `max` UTF-16 units. */
export function line(value: unknown, max: number): string {
  if (typeof value !== 'string') return '';
  const [first = ''] = value
    .slice(0, 4 * max)
    .trimStart()
    .split(/\r?\n/, 1);
  const clean = first.replace(unprintable, ' ').trim();
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** A git object id, lower case; undefined for anything else and for the all-zero id. */
export function commit(value: unknown): string | undefined {
  if (typeof value !== 'string' || !commitId.test(value)) return undefined;
  return /^0+$/.test(value) ? undefined : value;
}

/** A git object id, or the beginning of one, lower case. */
export function commitOrShort(value: unknown): string | undefined {
  return commit(value) ?? (typeof value === 'string' && /^[0-9a-f]{7,39}$/.test(value) ? value : undefined);
}

/** Whether git would accept the text as a full ref (git-check-ref-format). */
export function isRef(text: string): boolean {
  return text.length <= 512 && /^refs\/[^/]/.test(text) && !forbiddenInRefs.test(text) && !/[/.]$/.test(text);
}

/** The full ref of a branch; undefined when no branch can be called that. */
export function branchRef(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`;
  return isRef(ref) ? ref : undefined;
}

/** A time in ISO 8601 UTC; undefined when the value is none. */
export function time(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const parsed = new Date(value);
  const year = parsed.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? parsed.toISOString() : undefined;
}

/** A time that was told in milliseconds. */
export function ofMillis(value: unknown): string | undefined {
  return typeof value === 'number' && value >= 0 && value < 8.64e15 ? time(new Date(value).toISOString()) : undefined;
}

/** What is no list is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The list at a place of an answer; the answer itself where no place is named. */
export function listAt(json: unknown, name?: string): readonly unknown[] {
  return listOf(name === undefined ? json : at(json, name));
}

/** A whole number from 1 on; undefined for anything else. */
export function positive(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? (value as number) : undefined;
}

/** An id, which hosts write as number or text. */
export function idText(id: unknown): string | undefined {
  return positive(id)?.toString() ?? firstText(id);
}

/** The id of a repository at its host; one that is longer than any is none. */
export function hostIdOf(id: unknown): string | undefined {
  const text = idText(id);
  return text !== undefined && text.length <= 64 ? text : undefined;
}

/** The value, or a refusal that names the place in the payload. */
export function needed<T>(value: T | undefined, pointer: string, what: string): T {
  if (value === undefined) throw new WebhookRefused('malformed', `the payload has no usable ${pointer}: expected ${what}`);
  return value;
}
