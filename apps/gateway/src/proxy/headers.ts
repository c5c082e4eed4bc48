/** Fields that belong to one connection (RFC 9110 section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** What only we may say to a service, and what no service needs to know of a browser. */
const ours = new Set(['authorization', 'cookie', 'host', 'content-length', 'expect', 'forwarded', 'traceparent', 'tracestate', 'baggage']);

/** The headers that a service gets; what pretends to be ours is left out. */
export function requestHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  added: Readonly<Record<string, string>>,
): Record<string, string | string[]> {
  const named = namedByConnection(headers['connection']);
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    const foreign = name.startsWith('x-throughline-') || name.startsWith('x-forwarded-') || name.startsWith(':');
    if (value === undefined || foreign || ours.has(name) || hopByHop.has(name) || named.has(name)) continue;
    passed[name] = typeof value === 'string' ? value : [...value];
  }
  return { ...passed, ...added };
}

/** The headers that the caller gets back from a service. */
export function responseHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || hopByHop.has(name) || name === 'set-cookie' || name === 'server' || name === 'date') continue;
    passed[name] = typeof value === 'string' ? value : [...value];
  }
  return passed;
}

function namedByConnection(value: string | readonly string[] | undefined): ReadonlySet<string> {
  return new Set([value ?? []].flat().flatMap((list) => list.split(',').map((name) => name.trim().toLowerCase())));
}
