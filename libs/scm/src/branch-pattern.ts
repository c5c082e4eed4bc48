/** Whether a name is meant by the pattern of a host, where `*` stands for anything, also for parts of a path. */
export function matches(pattern: unknown, name: string): boolean {
  if (typeof pattern !== 'string' || pattern.length > 255) return false;
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    from = found + part.length;
  }
  return true;
}
