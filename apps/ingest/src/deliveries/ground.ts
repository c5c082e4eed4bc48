import { rows, type Tx } from '@throughline/service';
import { holdHeads, type KnownHead } from '../repositories/heads.ts';
import { calledNow, contradicts, firstNames, ofHostIds } from '../repositories/renames.ts';
import { holdRepositories, type HeldRepository } from '../repositories/repository-register.ts';
import { sourceVersion } from '../sources/source-rows.ts';
import { dayOf, type Candidate } from './candidate.ts';
import { markName, marksOf, type Mark } from './marks.ts';
import { branchName, branchPushes } from './push-order.ts';

/** What deliveries find when they are written; nobody else changes it before the transaction ends. */
export interface Ground {
  /** Whether the source of a candidate is still as it was when the candidate was verified and read. */
  readonly stands: (candidate: Candidate) => boolean;
  /** Whether a person has removed the repository that it is about from its source. */
  readonly dismissed: (candidate: Candidate) => boolean;
  /** The canonical id under which its repository was first known, when it is called by the one in the delivery now. */
  readonly firstName: (candidate: Candidate) => string | undefined;
  /** What the name of its repository is not: known for the one that has its id at the host, or its own at all. */
  readonly strange: (candidate: Candidate) => 'renamed' | 'taken' | undefined;
  readonly marks: readonly Mark[];
  /** Names of the marks that are now ours; the others are those of earlier deliveries. */
  readonly claimed: ReadonlySet<string>;
  readonly repositories: readonly HeldRepository[];
  readonly heads: ReadonlyMap<string, KnownHead>;
}

interface GroundRow {
  readonly sources: readonly { readonly id: string; readonly version: string; readonly dismissed: readonly string[] }[];
  readonly claimed: readonly { readonly source_id: string; readonly mark: string }[];
  readonly repositories: readonly HeldRepository[];
  readonly renamed: readonly { readonly called: string; readonly first: string }[];
  readonly identified: readonly { readonly source_id: string; readonly host_id: string }[];
  readonly heads: readonly {
    readonly repository: string;
    readonly ref: string;
    readonly commit: string;
    readonly said_at: string | null;
  }[];
}

/**
 * Everything is held in this order: two transactions that want the same wait for each other and never in a circle. A delivery
 * is written before its source goes, or not at all; of two with the same mark the later one finds the delivery of the earlier.
 */
const hold = `
  with standing as materialized (
    select id, ${sourceVersion} as version,
      array(select repository from dismissed_repository where source_id = source.id and repository = any($6::text[])) as dismissed
    from source where id = any($1::uuid[]) order by id for key share
  ), claimed as (
    insert into delivery_mark (source_id, mark, delivery_id, received_on)
    select told.source_id, told.mark, told.delivery_id, told.received_on
    from unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[], $5::text[]) with ordinality
      as told (source_id, mark, delivery_id, received_on, version, number)
    join standing on standing.id = told.source_id and standing.version = told.version
    order by told.number
    on conflict do nothing
    returning source_id, mark
  ), held_head as materialized (
    ${holdHeads('$7', '$8')}
  ), held as materialized (
    ${holdRepositories('$6')}
  )
  select
    (select coalesce(json_agg(standing), '[]') from standing) as sources,
    (select coalesce(json_agg(claimed), '[]') from claimed) as claimed,
    (select coalesce(json_agg(held_head), '[]') from held_head) as heads,
    (select coalesce(json_agg(renamed), '[]') from (${firstNames('$9')}) as renamed) as renamed,
    (select coalesce(json_agg(identified), '[]') from (${ofHostIds('$10', '$11')}) as identified) as identified,
    (select coalesce(json_agg(held), '[]') from held) as repositories`;

/** Claims the marks of the candidates, and reads and holds what they are measured against, in one statement. */
export async function holdGround(tx: Tx, candidates: readonly Candidate[]): Promise<Ground> {
  const marks = marksOf(candidates);
  const branches = candidates.flatMap(({ outcome }) => branchPushes(outcome));
  const identified = candidates.filter(({ outcome }) => outcome.repository?.hostId !== undefined);
  const [row] = await rows<GroundRow>(tx, hold, [
    marks.map(({ candidate }) => candidate.source.id),
    marks.map(({ mark }) => mark),
    marks.map(({ candidate }) => candidate.id),
    marks.map(({ candidate }) => dayOf(candidate.receivedAt)),
    marks.map(({ candidate }) => candidate.source.version),
    [...new Set(candidates.flatMap(({ outcome }) => outcome.repository?.id ?? []))],
    branches.map(({ repository }) => repository),
    branches.map(({ ref }) => ref),
    [...new Set(candidates.flatMap(({ outcome }) => (outcome.repository ? calledNow(outcome.repository) : [])))],
    identified.map(({ source }) => source.id),
    identified.map(({ outcome }) => outcome.repository!.hostId),
  ]);
  return groundOf(row!, marks);
}

function groundOf({ sources, claimed, heads, repositories, renamed, identified }: GroundRow, marks: readonly Mark[]): Ground {
  const first = new Map(renamed.map((one) => [one.called, one.first]));
  const holders = new Map(repositories.map((row) => [row.repository, row]));
  const own = new Set(identified.map(({ source_id, host_id }) => `${source_id} ${host_id}`));
  const standing = new Map(sources.map((source) => [source.id, source]));
  return {
    stands: ({ source }) => standing.get(source.id)?.version === source.version,
    dismissed: ({ source, outcome }) => standing.get(source.id)?.dismissed.includes(outcome.repository?.id ?? '') ?? false,
    firstName: ({ outcome }) => outcome.repository && first.get(calledNow(outcome.repository)),
    strange: ({ source, outcome: { repository } }) => {
      const holder = repository && holders.get(repository.id);
      if (repository?.hostId === undefined || (holder && !contradicts(repository.hostId, holder.host_id))) return undefined;
      return own.has(`${source.id} ${repository.hostId}`) ? 'renamed' : holder && 'taken';
    },
    marks,
    claimed: new Set(claimed.map(({ source_id, mark }) => markName(source_id, mark))),
    repositories,
    heads: new Map(
      heads.map(({ repository, ref, commit, said_at }) => [
        branchName({ repository, ref }),
        { commit, ...(said_at === null ? {} : { saidAt: new Date(said_at) }) },
      ]),
    ),
  };
}
