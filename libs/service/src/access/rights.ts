/** What a right can be about. */
export const rightNouns = [
  'sources',
  'deliveries',
  'repositories',
  'scans',
  'reports',
  'findings',
  'advisories',
  'chains',
  'gates',
  'decisions',
  'policies',
  'waivers',
  'approvals',
  'applications',
  'alerts',
  'channels',
  'routes',
  'notifications',
  'remediations',
  'tokens',
  'people',
  'ci-issuers',
  'audit',
  'held-records',
] as const;

/** `<noun>:read` or `<noun>:write`; writing does not include reading. */
export type Right = `${(typeof rightNouns)[number]}:${'read' | 'write'}`;

/** Every right there is. */
export const allRights: readonly Right[] = rightNouns.flatMap((noun) => [`${noun}:read`, `${noun}:write`] as const);

/** True when the rights a caller has include this one. */
export function grants(rights: readonly string[], right: Right): boolean {
  return rights.includes('*') || rights.includes(right);
}
