import { scmProviders } from '@throughline/scm';
import { isAsked } from '../sources/resting.ts';

interface Paced {
  /** The table that keeps when a repository (`repository_id`) was looked at (`checked_at`). */
  readonly looks: string;
  /** SQL: of which sources. */
  readonly sources: string;
  /** SQL: of which of their repositories. */
  readonly repositories: string;
  readonly most: number;
}

/**
 * SQL: the repositories that were not looked at for the time that a round of their source takes: `$1` seconds, longer where its
 * host counts calls, `$2` and `$3` as `lookCosts` gives them.
 */
export function dueAtPace({ looks, sources, repositories, most }: Paced): string {
  return `
  with pace as (
    select source.id, greatest($1::float8, count(*) * coalesce(max(cost.seconds), 0)) as seconds
    from source join repository on repository.source_id = source.id
      left join unnest($2::text[], $3::float8[]) as cost (kind, seconds) on cost.kind = source.kind
    where ${sources} and ${isAsked} group by source.id
  )
  select repository.id from repository join pace on pace.id = repository.source_id join source on source.id = repository.source_id
    left join ${looks} look on look.repository_id = repository.id
  where repository.full_name is not null and ${repositories} and ${isAsked}
    and (look.repository_id is null or look.checked_at < now() - make_interval(secs => pace.seconds))
  order by look.checked_at nulls first, repository.id limit ${most}`;
}

/** Kinds of hosts that count calls, and the seconds that a look costs there when all of them take such a share of what is granted. */
export function lookCosts(calls: number, share: number): readonly [kinds: readonly string[], seconds: readonly number[]] {
  const counting = scmProviders.flatMap(({ name, callsPerHour }) => (callsPerHour === undefined ? [] : [{ name, callsPerHour }]));
  return [counting.map(({ name }) => name), counting.map(({ callsPerHour }) => (calls * 3600) / (callsPerHour * share))];
}
