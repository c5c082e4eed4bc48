/**
 * Whether a tool has masked the value it found (`REDACTED`, `AKIA****`, `xxxx`): such a value has no identity, or all
 * masked secrets of a repository would be one.
 */
export function isMasked(value: string): boolean {
  const text = value.trim();
  return text === '' || /redacted|\*{3,}|•{3,}|\.{3}$|…|^x{4,}$/i.test(text) || new Set(text).size < 3;
}
