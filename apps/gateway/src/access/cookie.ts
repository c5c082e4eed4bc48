/** The value of a cookie in a request's header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';', 100)) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** `Set-Cookie` of a session; an empty value takes it away. */
export function sessionCookie(name: string, value: string, maxAgeSeconds: number): string {
  const lasts = value === '' ? 0 : Math.max(0, maxAgeSeconds);
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${lasts}`];
  return [...parts, ...(name.startsWith(securePrefix) ? ['Secure'] : [])].join('; ');
}

/** Browsers take a cookie of this name only over TLS, and only for this host (RFC 6265bis). */
const securePrefix = '__Host-';

/** Name of the session cookie. Cookies do not know ports, so on a machine with several platforms each has its own name. */
export function cookieName(publicUrl: URL): string {
  return publicUrl.protocol === 'https:' ? `${securePrefix}throughline` : `throughline-${publicUrl.port || '80'}`;
}
