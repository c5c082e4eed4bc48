import { Injectable } from '@nestjs/common';
import { make, OrganisationConnected, type OrganisationWanted } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import type { ListedRepository, RepositoryAddress } from '@throughline/scm';
import { Database, Log, rows, type Tx } from '@throughline/service';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { lookOf } from './first-look.ts';
import { select } from './selection.ts';

const perTransaction = 100;
const mostLeftOut = 1000;

const standing = `
  select name.id, exists (select 1 from repository where repository.repository = name.id and source_id is not null)
      or exists (select 1 from repository_alias where alias = name.id)
      or exists (select 1 from repository where source_id = $2 and repository.host_id = name.host_id) as known,
    exists (select 1 from dismissed_repository gone where gone.repository = name.id and gone.source_id = $2) as dismissed
  from unnest($1::text[], $3::text[]) as name (id, host_id)`;

/** What the host lists is who it says, where it did not say so before. */
const identify = `
  update repository set host_id = told.host_id, host_id_proven = true from unnest($2::text[], $3::text[], $4::text[]) as told (id, full_name, host_id)
  where repository.source_id = $1 and repository.repository = told.id and lower(repository.full_name) = lower(told.full_name)
    and not repository.host_id_proven and told.host_id is not null
    and not exists (select 1 from repository other where other.source_id = $1 and other.host_id = told.host_id and other.host_id_proven)`;

/** A repository of a source with what is known of it here. */
interface Standing {
  readonly id: string;
  readonly known: boolean;
  /** A person removed it: only a person brings it back. */
  readonly dismissed: boolean;
}

/** Makes repositories known to a source, and has each looked at for the first time. */
@Injectable()
export class Joining {
  constructor(
    private readonly database: Database,
    private readonly register: RepositoryRegister,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
    private readonly log: Log,
  ) {}

  /** Joins what is wanted and new of a list; `dryRun` only says what would be. */
  async take(
    source: KnownSource & { readonly baseUrl: string },
    listed: readonly ListedRepository[],
    asked: Pick<OrganisationWanted, 'include' | 'exclude'>,
    dryRun: boolean,
  ): Promise<OrganisationConnected> {
    const { wanted, leftOut } = select(listed, asked, source);
    const states = await this.database.rows<Standing>(standing, [
      wanted.map((one) => one.id),
      source.id,
      wanted.map((one) => one.hostId ?? null),
    ]);
    const dismissed = new Set(states.filter((state) => state.dismissed && !state.known).map((state) => state.id));
    const fresh = new Set(states.filter((state) => !state.known && !state.dismissed).map((state) => state.id));
    const news = wanted.filter((one) => fresh.has(one.id));
    if (!dryRun) {
      await this.join(source, news);
      await this.database.transaction((tx) => identifyAll(tx, source, wanted));
    }
    const removed = wanted
      .filter((one) => dismissed.has(one.id))
      .map(({ fullName }) => ({ name: fullName, reason: 'removed_here' as const }));
    return make(OrganisationConnected, {
      found: listed.length,
      connected: news.length,
      known: wanted.length - news.length - removed.length,
      leftOut: [...leftOut, ...removed].slice(0, mostLeftOut),
    });
  }

  private async join(source: KnownSource, news: readonly RepositoryAddress[]): Promise<void> {
    for (let from = 0; from < news.length; from += perTransaction) {
      await this.database.transaction((tx) => this.joinSome(tx, source, news.slice(from, from + perTransaction)));
    }
    if (news.length > 0) this.log.info({ source: source.id, count: news.length }, 'repositories of an organisation were connected');
  }

  private async joinSome(tx: Tx, source: KnownSource, some: readonly RepositoryAddress[]): Promise<void> {
    const { facts } = await this.register.register(
      tx,
      some.map((one) => ({ ...one, source })),
    );
    await identifyAll(tx, source, some);
    const sql = 'select id from repository where repository = any($1::text[]) and source_id = $2';
    const joined = await rows<{ id: string }>(tx, sql, [some.map(({ id }) => id), source.id]);
    await this.outbox.add(tx, ...facts);
    await this.work.add(tx, ...joined.map(({ id }) => lookOf(id)));
  }
}

function identifyAll(tx: Tx, { id }: KnownSource, some: readonly RepositoryAddress[]): Promise<unknown> {
  return rows(tx, identify, [
    id,
    some.map((one) => one.id),
    some.map(({ fullName }) => fullName),
    some.map(({ hostId }) => hostId ?? null),
  ]);
}
