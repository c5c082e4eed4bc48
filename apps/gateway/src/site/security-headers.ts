const contentSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  // The component library sets its colours in a style element at run time.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What every answer carries; browsers then refuse what a page of ours never needs. */
export function securityHeaders(path: string, secure: boolean): Record<string, string> {
  return {
    'content-security-policy': contentSecurity,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
    ...(path.startsWith('/api/') ? { 'cache-control': 'no-store' } : {}),
  };
}
