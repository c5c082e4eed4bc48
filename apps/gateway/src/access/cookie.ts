/** Name of the session cookie. Over TLS the prefix binds it to this host (RFC 6265bis). */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-throughline' : 'throughline';
}

/** The value of a cookie in a request's header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';', 100)) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** `Set-Cookie` of a session; an empty value takes it away. */
export function sessionCookie(value: string, secure: boolean, maxAgeSeconds: number): string {
  const parts = [
    `${cookieName(secure)}=${value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    `Max-Age=${value === '' ? 0 : Math.max(0, maxAgeSeconds)}`,
  ];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}
