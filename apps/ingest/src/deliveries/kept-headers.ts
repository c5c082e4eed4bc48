import { header, type RequestHeaders } from '@throughline/scm';

const mostBytes = 2048;
const longestValue = 256;

/** The headers on the allow-list, as printable text within 2 KB: none of them holds a credential. */
export function keptHeaders(allowed: readonly string[], headers: RequestHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  let bytes = 0;
  for (const name of allowed) {
    const value = header(headers, name)
      ?.replace(/[^\x20-\x7e]/g, '?')
      .slice(0, longestValue);
    if (value === undefined) continue;
    bytes += name.length + value.length;
    if (bytes > mostBytes) break;
    kept[name] = value;
  }
  return kept;
}
