/** Request headers by lower-case name, as Node's HTTP server gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The value of a header that was sent exactly once and is not empty; anything else is as good as absent. */
export function header(headers: RequestHeaders, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
