import { Injectable } from '@nestjs/common';
import { make, RepositoryChanged, RepositoryRemoved, uuidv7, type NewFact, type RestReason } from '@throughline/contracts';
import type { RepositoryAddress } from '@throughline/scm';
import { rows, type Tx } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { cloneUrlOf } from '../sources/source-settings.ts';

/** A repository that a source has just spoken about. */
export interface SpokenOf extends RepositoryAddress {
  readonly source: KnownSource;
  readonly traceparent?: string;
}

/** What became of them. */
export interface Registered {
  /** Application by canonical id. */
  readonly applications: ReadonlyMap<string, string>;
  /** To be published before what is said about the repositories. */
  readonly facts: readonly NewFact[];
}

/** A row of `repository`. */
export interface RepositoryRow {
  readonly id: string;
  readonly repository: string;
  readonly name: string;
  readonly full_name: string | null;
  readonly clone_url: string;
  readonly source_id: string | null;
  readonly application: string;
  /** The application’s own list says so, no person by registering it. */
  readonly listed: boolean;
  readonly demo: boolean;
  /** Its id at the host. */
  readonly host_id: string | null;
  /** The host itself told the id, by its API; else a signed delivery did. */
  readonly host_id_proven: boolean;
  readonly rest: RestReason | null;
  readonly revision: string;
  readonly created_at: Date;
}

/** What is asked of a repository that is known. */
export type HeldRepository = Pick<RepositoryRow, 'repository' | 'source_id' | 'application' | 'host_id'>;

/** SQL that holds repositories against their removal, always in one order; `ids` is a parameter. */
export const holdRepositories = (ids: string): string =>
  `select repository, source_id, application, host_id from repository where repository = any(${ids}::text[]) order by repository for key share`;

/** SQL of the revision that follows: a clock, so that a repository that comes back goes on after its removal. */
export const nextRevision = `greatest(repository.revision + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint)`;

/** SQL of the id that was told, where no other repository of the source is known by it: of two the first keeps it. */
const unlessTaken = (told: string): string => `
  case when not exists (select 1 from repository other where other.source_id = ${told}.source_id and other.host_id = ${told}.host_id)
    then ${told}.host_id end`;

/** One that was taken away comes back to the application that it was of: to another one that tolerates more two persons move it. */
const upsert = `
  with known as (
    insert into repository (id, repository, name, full_name, clone_url, source_id, application, listed, demo, host_id)
    select new.id, new.repository, new.full_name, new.full_name, new.clone_url, new.source_id,
      coalesce(listed.application, former.application, 'unassigned'), listed.application is not null,
      (select demo from source where source.id = new.source_id), ${unlessTaken('new')}
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[]) as new (id, repository, full_name, clone_url, source_id, host_id)
    left join application_repository listed on listed.repository = new.repository
    left join former_application former on former.repository = new.repository
    where exists (select 1 from source where source.id = new.source_id)
    order by new.repository
    on conflict (repository) do update
      set full_name = excluded.full_name, source_id = excluded.source_id, host_id = excluded.host_id, revision = ${nextRevision}
      where repository.source_id is null
    returning *, xmax = 0 as added
  ), returned as (delete from former_application where repository in (select repository from known))
  select * from known`;

/** In one order, as they are held: two deliveries may tell of the same ones. */
const identify = `
  update repository set host_id = own.host_id from (
    select repository.id, ${unlessTaken('told')} as host_id
    from repository join unnest($1::text[], $2::uuid[], $3::text[]) as told (repository, source_id, host_id) using (repository, source_id)
    where repository.host_id is null order by repository.repository for no key update of repository
  ) as own where repository.id = own.id and own.host_id is not null`;

/** Makes repositories known in the transaction in which a source first speaks about them. */
@Injectable()
export class RepositoryRegister {
  /** One registered by hand is joined to the first source that speaks about it: it brings the credential. */
  async register(tx: Tx, spokenOf: readonly SpokenOf[]): Promise<Registered> {
    if (spokenOf.length === 0) return { applications: new Map(), facts: [] };
    // Held until the facts are written: what is told of a repository comes before its removal.
    const known = await rows<HeldRepository>(tx, holdRepositories('$1'), [spokenOf.map(({ id }) => id)]);
    return this.registerBeside(tx, spokenOf, known);
  }

  /** The same beside rows that the caller has read, and holds. */
  async registerBeside(tx: Tx, spokenOf: readonly SpokenOf[], known: readonly HeldRepository[]): Promise<Registered> {
    const distinct = [...new Map(spokenOf.map((entry) => [entry.id, entry])).values()];
    const settled = new Map(known.filter((row) => row.source_id !== null).map((row) => [row.repository, row]));
    const open = distinct.filter(({ id }) => !settled.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const changed = open.length === 0 ? [] : await upsertAll(tx, open);
    const unidentified = distinct.filter((one) => isUnidentified(one, settled.get(one.id)));
    if (unidentified.length > 0) await identifyAll(tx, unidentified);
    const applications = new Map([...known, ...changed].map((row) => [row.repository, row.application]));
    const traces = new Map(distinct.map(({ id, traceparent }) => [id, traceparent]));
    const facts = changed.map((row) => repositoryFact(row, row.added ? 'registered' : 'changed', traces.get(row.repository)));
    return { applications, facts };
  }
}

function upsertAll(tx: Tx, open: readonly SpokenOf[]): Promise<(RepositoryRow & { added: boolean })[]> {
  return rows(tx, upsert, [
    open.map(() => uuidv7()),
    open.map(({ id }) => id),
    open.map(({ fullName }) => fullName),
    open.map(({ source, fullName }) => cloneUrlOf(source.provider, source.settings, { baseUrl: source.baseUrl ?? '', fullName })),
    open.map(({ source }) => source.id),
    firstOfEach(open),
  ]);
}

function isUnidentified({ source, hostId }: SpokenOf, known: HeldRepository | undefined): boolean {
  return hostId !== undefined && known?.source_id === source.id && known.host_id === null;
}

/** Of those that were known before their ids were told. */
async function identifyAll(tx: Tx, some: readonly SpokenOf[]): Promise<void> {
  await rows(tx, identify, [some.map(({ id }) => id), some.map(({ source }) => source.id), firstOfEach(some)]);
}

/** Their ids at the host; an id that is told of two repositories at once is that of the first. */
function firstOfEach(some: readonly SpokenOf[]): (string | null)[] {
  const seen = new Set<string>();
  return some.map(({ source, hostId }) => {
    const name = `${source.id} ${hostId}`;
    if (hostId === undefined || seen.has(name)) return null;
    seen.add(name);
    return hostId;
  });
}

/** The fact of a repository's state; its revision orders it. */
export function repositoryFact(row: RepositoryRow, action: 'registered' | 'changed', traceparent?: string): NewFact {
  const revision = Number(row.revision);
  return {
    fact: make(RepositoryChanged, {
      repository: row.repository,
      repositoryId: row.id,
      name: row.name,
      cloneUrl: row.clone_url,
      ...(row.source_id === null ? {} : { source: row.source_id }),
      application: row.application,
      labels: [],
      ...(row.demo ? { demo: true } : {}),
      action,
    }),
    deliveryKey: `${row.id}/${revision}`,
    sequence: revision,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** The fact of its end; the row carries the revision of the removal. */
export function removedFact(row: RepositoryRow, by: string): NewFact {
  const { repository, name, application } = row;
  const revision = Number(row.revision);
  return {
    fact: make(RepositoryRemoved, { repository, repositoryId: row.id, name, application, by: by.slice(0, 200) }),
    deliveryKey: `${row.id}/${revision}`,
    sequence: revision,
  };
}
