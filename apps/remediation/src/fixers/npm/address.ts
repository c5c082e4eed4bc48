/** The archive's address of another version: only its file name changes, never the host. Undefined when it cannot be derived. */
export function movedAddress(address: unknown, from: string, to: string): string | undefined {
  if (typeof address !== 'string') return undefined;
  const match = /^(https?:\/\/[^?#]+\/-\/[^/?#]+-)([^/?#]+)(\.tgz)$/.exec(address);
  return match && match[2] === from ? `${match[1]}${to}${match[3]}` : undefined;
}

/** The registry from which an archive came: what stands before `/<name>/-/`. */
export function registryOf(address: unknown, name: string): string | undefined {
  if (typeof address !== 'string') return undefined;
  const at = address.toLowerCase().indexOf(`/${name.toLowerCase()}/-/`);
  const encoded = address.toLowerCase().indexOf(`/${name.toLowerCase().replace('/', '%2f')}/-/`);
  const end = at < 0 ? encoded : at;
  return end < 0 || !/^https?:\/\//.test(address) ? undefined : address.slice(0, end);
}
