/** One spelling for a Python package name (PEP 503). */
export function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The name at the front of a requirement, `requests[socks]>=2; python_version<"4"` → `requests`; undefined for an address. */
export function nameOfRequirement(requirement: string): string | undefined {
  const name = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:$|[[<>=!~;@\s(])/.exec(requirement)?.[1];
  return name === undefined ? undefined : pythonName(name);
}
