import type { SourceHooks } from '@throughline/contracts';
import type { Database } from '@throughline/service';
import { isAsked } from './resting.ts';

const mostFaults = 50;

const counts = `
  select count(*) filter (where kept.hook is not null and kept.fault is null)::int as kept,
    count(*) filter (where kept.repository_id is null)::int as waiting
  from repository join source on source.id = repository.source_id left join kept_hook kept on kept.repository_id = repository.id
  where repository.source_id = $1 and repository.full_name is not null and ${isAsked}`;

const faults = `
  select repository.repository, kept.fault as detail, kept.checked_at as at
  from kept_hook kept join repository on repository.id = kept.repository_id join source on source.id = repository.source_id
  where repository.source_id = $1 and ${isAsked} and kept.fault is not null
  order by repository.repository limit ${mostFaults}`;

/** How the webhooks of a source's repositories are. */
export async function hookState(database: Database, source: string): Promise<SourceHooks> {
  const [counted] = await database.rows<{ kept: number; waiting: number }>(counts, [source]);
  const wrong = await database.rows<{ repository: string; detail: string; at: Date }>(faults, [source]);
  return {
    kept: counted?.kept ?? 0,
    waiting: counted?.waiting ?? 0,
    faults: wrong.map(({ repository, detail, at }) => ({ repository, detail, at: at.toISOString() })),
  };
}
