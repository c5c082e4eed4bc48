import { grants, sees, type Right } from '@throughline/service';
import type { Grant } from '../access/grants.ts';
import type { FeedRow } from './feed.ts';

const rights: Readonly<Record<string, Right>> = {
  change: 'chains:read',
  repository: 'repositories:read',
  evidence: 'scans:read',
  scan: 'scans:read',
  findings: 'findings:read',
  finding: 'findings:read',
  decision: 'decisions:read',
  alert: 'alerts:read',
  fix: 'remediations:read',
  delivery: 'notifications:read',
};

/** Who reads, as far as what may be shown goes. */
export interface Reader {
  readonly grants: readonly Pick<Grant, 'rights' | 'applications'>[];
}

/** True when a line of the feed may be shown to a reader: by the kind of fact, and by the application it is about. */
export function mayRead(reader: Reader, { type, application }: Pick<FeedRow, 'type' | 'application'>): boolean {
  const right = rights[type.split('.', 1)[0]!];
  return right !== undefined && reader.grants.some((grant) => grants(grant.rights, right) && sees(grant, application));
}
