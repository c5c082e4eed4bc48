/** What a registry wants to see before it answers. */
export type Challenge = { readonly scheme: 'basic' } | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string };

const longest = 8_192;

/** Reads a `WWW-Authenticate` header (RFC 9110, 11.6.1); undefined for a scheme that registries do not use. */
export function challengeIn(header: string | readonly string[] | undefined): Challenge | undefined {
  const text = (typeof header === 'string' ? header : (header ?? []).join(', ')).slice(0, longest);
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/is.exec(text);
  if (bearer) {
    const said = parametersOf(bearer[1]!);
    const [realm, service] = [said.get('realm'), said.get('service')];
    return realm === undefined ? undefined : { scheme: 'bearer', realm, ...(service !== undefined && { service }) };
  }
  return /(?:^|,)\s*basic(?:\s|$)/i.test(text) ? { scheme: 'basic' } : undefined;
}

/** The first of each name; what comes behind the parameters of the scheme belongs to another one. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  const form = /\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/y;
  for (let found = form.exec(text); found; found = form.exec(text)) {
    const [, name, quoted, plain = ''] = found;
    if (!said.has(name!.toLowerCase())) said.set(name!.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
  }
  return said;
}
