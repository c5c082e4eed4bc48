import { Injectable } from '@nestjs/common';
import type { RepositoryAddress, ScmFact, Translation } from '@throughline/scm';
import { Database } from '@throughline/service';

const mostKnown = 10_000;

/** SQL: the repository that is now called by the canonical id in a parameter, by the id under which it was first known. */
export const firstNames = (called: string): string => `
  select alias as called, named.repository as first
  from repository_alias join repository named on named.id = repository_alias.repository_id where alias = any(${called}::text[])`;

/** SQL: repositories by their ids at the host; `sources` and `ids` are parameters, pair by pair. Of several the one that was known first. */
export const ofHostIds = (sources: string, ids: string): string => `
  select distinct on (source_id, host_id) id, source_id, host_id, host_id_proven, repository, full_name from repository
  where (source_id, host_id) in (select * from unnest(${sources}::uuid[], ${ids}::text[]))
  order by source_id, host_id, created_at, id`;

const standing = `
  with holder as (
    select repository, host_id from repository where repository = coalesce((select first from (${firstNames('array[$3]')}) as named), $3)
  ), own as (${ofHostIds('array[$1]', 'array[$2]')})
  select holder.repository as holder, holder.host_id as holder_id, own.id as own_id, own.repository as own, own.full_name as own_name,
    own.host_id_proven as own_proven
  from (select 1) as one left join holder on true left join own on true`;

interface StandingRow {
  readonly holder: string | null;
  readonly holder_id: string | null;
  readonly own_id: string | null;
  readonly own: string | null;
  readonly own_name: string | null;
  readonly own_proven: boolean | null;
}

/** A repository that is known by its id at the host, under names of which the one that was told is none. */
export interface Renamed {
  /** Of the row. */
  readonly id: string;
  /** Canonical id. */
  readonly first: string;
  /** What it was called when its host was last asked. */
  readonly fullName: string | null;
  /** The host itself told the id. */
  readonly proven: boolean;
}

/** How what a repository is called stands to what is known here. */
type NameStanding =
  /** The canonical id under which it was first known; undefined for one that is new. `identified`: it is known to have the id that was told. */
  | { readonly is: 'known'; readonly first: string | undefined; readonly identified: boolean }
  | ({ readonly is: 'renamed' } & Renamed)
  /** Another repository that is known here has the name, or had it. */
  | { readonly is: 'taken' };

/** A name alone is believed, as long as no other id is known of it. */
export function contradicts(hostId: string | undefined, holderId: string | null): boolean {
  return hostId !== undefined && holderId !== null && holderId !== hostId;
}

/** A translation that says something. */
export type Telling = Extract<Translation, { facts: unknown }>;

/** Repositories that were renamed at their host stay who they were: what is told of them is told under their first name. */
@Injectable()
export class Renames {
  private readonly known = new Map<string, string>();

  constructor(private readonly database: Database) {}

  /** By what was learned here; what was not, or is over, is seen when it is written. */
  remembered(translation: Translation): Translation {
    return 'ignored' in translation ? translation : underFirstName(translation, this.known.get(translation.repository.id));
  }

  /** By what is known now. */
  async standing(source: { readonly id: string }, { id, called, hostId }: RepositoryAddress): Promise<NameStanding> {
    const [row] = await this.database.rows<StandingRow>(standing, [source.id, hostId ?? null, called ?? id]);
    const { holder, holder_id: holderId, own_id: ownId, own, own_name: fullName, own_proven: proven } = row!;
    if (holder !== null && !contradicts(hostId, holderId))
      return { is: 'known', first: holder, identified: hostId !== undefined && hostId === holderId };
    if (ownId !== null && own !== null) return { is: 'renamed', id: ownId, first: own, fullName, proven: proven === true };
    return holder === null ? { is: 'known', first: undefined, identified: false } : { is: 'taken' };
  }

  learn(called: string, first: string | undefined): void {
    this.known.delete(called);
    if (first === undefined) return;
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(called, first);
  }
}

/** The canonical id of what a repository is called now. */
export function calledNow({ id, called }: RepositoryAddress): string {
  return called ?? id;
}

/** The same of the repository under the name that it had first. */
export function underFirstName(translation: Telling, first: string | undefined): Telling {
  if (first === undefined || first === translation.repository.id) return translation;
  const { repository, facts } = translation;
  return {
    ...translation,
    repository: { ...repository, id: first, called: repository.id },
    facts: facts.map((fact) => ({ ...fact, fields: { ...fact.fields, repository: first } }) as ScmFact),
  };
}
