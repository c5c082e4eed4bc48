import type { ProtectionState, RepositoryProtection, RestReason, SourceProtection } from '@throughline/contracts';
import { findScmProvider } from '@throughline/scm';
import type { Database } from '@throughline/service';
import { isAsked, restDetails } from './resting.ts';

const mostFaults = 50;

const counts = `
  select count(*) filter (where seen.repository_id is not null and seen.fault is null)::int as required,
    count(*) filter (where seen.repository_id is null)::int as waiting
  from repository join source on source.id = repository.source_id left join seen_protection seen on seen.repository_id = repository.id
  where repository.source_id = $1 and repository.full_name is not null and ${isAsked}`;

const faults = `
  select repository.repository, seen.fault as detail, seen.checked_at as at
  from seen_protection seen join repository on repository.id = seen.repository_id join source on source.id = repository.source_id
  where repository.source_id = $1 and ${isAsked} and seen.fault is not null
  order by repository.repository limit ${mostFaults}`;

const one = `
  select repository.default_branch as branch, repository.rest, source.kind as host, ${isAsked} as asked,
    (source.token is not null or source.app_id is not null) as opened, seen.state, seen.fault as detail, seen.checked_at as at
  from repository left join source on source.id = repository.source_id left join seen_protection seen on seen.repository_id = repository.id
  where repository.id = $1`;

interface OneRow {
  readonly branch: string | null;
  readonly rest: RestReason | null;
  readonly host: string | null;
  readonly asked: boolean;
  readonly opened: boolean;
  readonly state: ProtectionState | null;
  readonly detail: string | null;
  readonly at: Date | null;
}

/** Whether the default branch of a repository takes changes only with our word, or why that is not looked at. */
export async function repositoryProtection(database: Database, repository: string): Promise<RepositoryProtection> {
  const [row] = await database.rows<OneRow>(one, [repository]);
  const about = { ...(row?.branch && { branch: row.branch }), ...(row?.host && { host: row.host }) };
  const why = row && whyNotLooked(row);
  if (!row || why !== undefined) return { state: 'not_looked', ...about, ...(why !== undefined && { detail: why }) };
  if (row.state === null || row.at === null) return { state: 'waiting', ...about };
  return { state: row.state, ...about, ...(row.detail !== null && { detail: row.detail }), at: row.at.toISOString() };
}

function whyNotLooked({ host, opened, asked, rest }: OneRow): string | undefined {
  if (host === null) return 'no source tells of it, so there is no host to ask';
  const provider = findScmProvider(host);
  if (!provider?.requiredChecks) return `${provider?.title ?? host} is not asked what its branches require`;
  if (!opened) return 'its source has neither a token nor an App to ask with';
  return asked || rest === null ? undefined : restDetails[rest];
}

/** Whether the default branches of a source's repositories take changes only with our word. */
export async function protectionState(database: Database, source: string): Promise<SourceProtection> {
  const [counted] = await database.rows<{ required: number; waiting: number }>(counts, [source]);
  const open = await database.rows<{ repository: string; detail: string; at: Date }>(faults, [source]);
  return {
    required: counted?.required ?? 0,
    waiting: counted?.waiting ?? 0,
    faults: open.map(({ repository, detail, at }) => ({ repository, detail, at: at.toISOString() })),
  };
}
