/** `2026-11-17 14:58 UTC`. */
export function utc(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `1 finding blocks`, `9 findings block`. */
export function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Name of a package URL as people write it: `lodash`, `@babel/core`, `log4j-core`; the text itself when it is none. */
export function packageName(purl: string): string {
  const match = /^pkg:([^/]+)\/([^@?#]+)/.exec(purl);
  if (!match) return purl;
  const parts = match[2]!.split('/').map(unescapePart);
  return match[1] === 'npm' ? parts.join('/') : parts.at(-1)!;
}

function unescapePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** An address of ours; segments may hold any text. */
export function linkTo(base: string, ...segments: readonly string[]): string {
  return [base, ...segments.map((segment) => encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd')))].join('/');
}
