import type { Role, RoleName } from '@throughline/contracts';
import { allRights, type Right } from '@throughline/service';

const administration = ['people', 'audit', 'tokens', 'ci-issuers'];
const operations = ['sources', 'deliveries', 'repositories', 'scans', 'channels', 'routes', 'notifications', 'held-records'];
const secured = [
  'findings',
  'advisories',
  'policies',
  'waivers',
  'approvals',
  'applications',
  'gates',
  'alerts',
  'remediations',
  'reports',
  'scans',
  'repositories',
];
const developed = ['findings', 'waivers', 'gates', 'alerts', 'remediations', 'reports', 'scans'];

const nounOf = (right: Right): string => right.split(':', 1)[0]!;
const reading = allRights.filter((right) => right.endsWith(':read'));
/** Held records show what services say to each other: that is for those who keep the platform running. */
const readingWork = reading.filter((right) => ![...administration, 'held-records'].includes(nounOf(right)));
const writing = (nouns: readonly string[]): Right[] =>
  allRights.filter((right) => right.endsWith(':write') && nouns.includes(nounOf(right)));
const ownTokens: readonly Right[] = ['tokens:read', 'tokens:write'];

/** What each role allows. A closed list: who may do what can be read here, and nowhere else. */
const rights: Readonly<Record<RoleName, readonly string[]>> = {
  administrator: ['*'],
  security: [...readingWork, ...writing(secured), ...ownTokens, 'people:read', 'audit:read', 'ci-issuers:read'],
  operator: [...readingWork, 'held-records:read', ...writing(operations), ...ownTokens],
  developer: [...readingWork, ...writing(developed), ...ownTokens],
  auditor: reading,
  viewer: [...readingWork, ...ownTokens],
};

const descriptions: Readonly<Record<RoleName, string>> = {
  administrator: 'Everything, people and their roles included',
  security:
    'Findings, policies, exceptions and their approval, applications, alerts and fixes; reads who has which role, and the audit log',
  operator: 'Sources, repositories, channels, routes, and what could not be handled',
  developer: 'Triages findings, asks for exceptions, answers alerts, uploads reports, asks gates',
  auditor: 'Reads everything, the audit log included; changes nothing',
  viewer: 'Reads everything but people, the audit log and what could not be handled',
};

/** The rights of a role; of one that is not known (any more), none. */
export function rightsOf(role: string): readonly string[] {
  return Object.hasOwn(rights, role) ? rights[role as RoleName] : [];
}

/** Every role, as it is shown. */
export function roles(): Role[] {
  return (Object.keys(rights) as RoleName[]).map((name) => ({
    name,
    description: descriptions[name],
    rights: [...new Set(rights[name])].sort(),
  }));
}
