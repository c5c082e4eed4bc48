import type { RegistryAccount } from './registry-access.ts';

const mostBytes = 1024 * 1024;
const hub = ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io'];

/**
 * Accounts by host out of a file as `docker login` and `podman login` write it. Helpers that it names are never run. A message of
 * an error repeats nothing of the file.
 */
export function readAuthFile(text: string): ReadonlyMap<string, RegistryAccount> {
  if (text.length > mostBytes) throw new Error('the file of registry accounts is larger than a megabyte');
  const accounts = new Map<string, RegistryAccount>();
  for (const [written, value] of Object.entries(authsIn(text))) {
    const host = hub.includes(written)
      ? 'registry-1.docker.io'
      : written
          .replace(/^https?:\/\//, '')
          .replace(/\/.*$/, '')
          .toLowerCase();
    const { auth, username, password } = (value ?? {}) as Readonly<Record<string, unknown>>;
    const pair =
      typeof auth === 'string' && auth !== '' ? Buffer.from(auth, 'base64').toString('utf8') : `${String(username)}:${String(password)}`;
    const at = pair.indexOf(':');
    const known = typeof auth === 'string' ? auth !== '' : typeof username === 'string' && typeof password === 'string';
    if (!known) continue;
    if (at <= 0) throw new Error(`the account of ${host} in the file of registry accounts is no user and password`);
    accounts.set(host, { user: pair.slice(0, at), password: pair.slice(at + 1) });
  }
  return accounts;
}

function authsIn(text: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('the file of registry accounts is no JSON');
  }
  const { auths } = (document ?? {}) as { readonly auths?: unknown };
  if (typeof auths !== 'object' || auths === null)
    throw new Error('the file of registry accounts has no "auths": write it as docker login does');
  return auths as Readonly<Record<string, unknown>>;
}
