import type { SourceProtection } from '@throughline/contracts';
import type { Database } from '@throughline/service';
import { isAsked } from './resting.ts';

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
