import type { RestReason, SourceInstallation, SourceReach } from '@throughline/contracts';
import type { Database } from '@throughline/service';
import { isAsked, restDetails } from './resting.ts';

const mostShown = 50;
const mostInstallations = 100;

interface InstallationRow extends Omit<SourceInstallation, 'fault' | 'since'> {
  readonly fault: string | null;
  readonly since: Date;
}

interface RestingRow {
  readonly repository: string;
  readonly reason: RestReason;
  readonly since: Date;
  readonly total: number;
}

const installations = `
  select installation, account, state, given, fault, changed_at as since,
    exists (select 1 from connected_organisation where source_id = $1 and organisation = lower(account)) as connected
  from app_installation where source_id = $1 order by changed_at desc, installation limit ${mostInstallations}`;

const resting = `
  select repository.repository, repository.rest as reason, repository.rest_since as since, (count(*) over ())::int as total
  from repository join source on source.id = repository.source_id
  where source.id = $1 and not ${isAsked} order by repository.rest_since desc, repository.repository limit ${mostShown}`;

/** What a source may see at its host, where anything is known of it. */
export async function reachState(database: Database, source: string): Promise<SourceReach | undefined> {
  const installed = await database.rows<InstallationRow>(installations, [source]);
  const found = await database.rows<RestingRow>(resting, [source]);
  if (installed.length === 0 && found.length === 0) return undefined;
  return {
    installations: installed.map(({ fault, since, ...row }) => ({
      ...row,
      ...(fault === null ? {} : { fault }),
      since: since.toISOString(),
    })),
    resting: found[0]?.total ?? 0,
    repositories: found.map(({ repository, reason, since }) => ({
      repository,
      reason,
      detail: restDetails[reason],
      since: since.toISOString(),
    })),
  };
}
