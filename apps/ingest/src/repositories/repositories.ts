import { Injectable } from '@nestjs/common';
import {
  repositoryId,
  RepositoryAddressRefused,
  uuidv7,
  type NewRepository,
  type Page,
  type RepositoryQuery,
  type WatchedRepository,
  type WatchedRepositoryDetail,
} from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import {
  canonicalRepository,
  Database,
  decodeCursor,
  defaultLimit,
  pageOf,
  Problem,
  rows,
  sees,
  visibleTo,
  type Bound,
  type Identity,
  type Tx,
} from '@throughline/service';
import { repositoryProtection } from '../sources/protection-state.ts';
import { CloneAddresses } from './clone-addresses.ts';
import { nextRevision, repositoryFact, type RepositoryRow } from './repository-register.ts';
import { RepositoryMoves } from './repository-moves.ts';
import { RepositoryRemoval } from './repository-removal.ts';

/** By whom, and out of which application, where that was looked at. */
interface Changing {
  readonly caller: Identity;
  readonly from: string | undefined;
}

const insert = `
  insert into repository (id, repository, name, clone_url, application, listed)
  select $1, $2, $3, $4, coalesce($5, listed.application, 'unassigned'), $5::text is null and listed.application is not null
  from (select 1) as one left join application_repository listed on listed.repository = $2
  on conflict (repository) do nothing
  returning *`;

const find = `
  select * from repository where repository = coalesce((
    select named.repository from repository_alias join repository named on named.id = repository_alias.repository_id where alias = $1), $1)`;

/** The repositories as people manage them. */
@Injectable()
export class Repositories {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly addresses: CloneAddresses,
    private readonly removal: RepositoryRemoval,
    private readonly moves: RepositoryMoves,
  ) {}

  /** Registers a repository, or changes the name and application of one that is known. Throws `Problem` 403, 422. */
  async put(wanted: NewRepository, caller: Identity): Promise<{ repository: WatchedRepository; created: boolean }> {
    if (!sees(caller, wanted.application ?? 'unassigned')) {
      throw new Problem(403, 'forbidden', `this needs access to the application ${wanted.application ?? 'unassigned'}`);
    }
    const known = await this.find(canonical(wanted.url));
    const id = known?.repository ?? canonical(wanted.url);
    const looked = known ? await this.moves.refuseMove(known, wanted, caller) : await this.moves.refuseReturn(id, wanted, caller);
    // One that is known is found by any spelling; a new one needs an address that can be fetched.
    const cloneUrl = known?.clone_url ?? (await this.addresses.accept(wanted.url));
    return this.database.transaction(async (tx) => {
      const name = wanted.name ?? nameOf(id);
      await rows(tx, 'delete from dismissed_repository where repository = $1', [id]);
      const [added] = await rows<RepositoryRow>(tx, insert, [uuidv7(), id, name, cloneUrl, wanted.application ?? null]);
      if (added) {
        await this.moves.settle(tx, id, looked);
        await this.outbox.add(tx, repositoryFact(added, 'registered'));
        return { repository: shown(added), created: true };
      }
      return { repository: shown(await this.change(tx, id, wanted, { caller, from: known?.application })), created: false };
    });
  }

  async list(query: RepositoryQuery, caller: Identity): Promise<Page<WatchedRepository>> {
    const wanted = query.repository === undefined ? null : canonicalRepository(query.repository, '/repository', 'give a clone URL');
    const after = decodeCursor(query.cursor, 1)?.[0] ?? null;
    const params: unknown[] = [after, wanted, query.source ?? null, query.application ?? null, (query.limit ?? defaultLimit) + 1];
    const sql = `select * from repository
      where ($1::uuid is null or id < $1::uuid) and ($2::text is null or repository = $2) and ($3::text is null or source_id::text = $3)
        and ($4::text is null or application = $4) and ${visibleTo(caller, params)}
      order by id desc limit $5`;
    const page = pageOf(await this.database.rows<RepositoryRow>(sql, params), query.limit, (row) => [row.id]);
    return { items: page.items.map(shown), next: page.next };
  }

  async read(id: string, caller: Identity): Promise<WatchedRepositoryDetail> {
    const row = await this.row(id, caller);
    const refs = await this.database.rows<{ ref: string; commit: string; at: Date }>(
      'select ref, commit, told_at as at from repository_head where repository_id = $1 order by told_at desc, ref limit 100',
      [row.id],
    );
    const protection = await repositoryProtection(this.database, row.id);
    return { ...shown(row), refs: refs.map(({ ref, commit, at }) => ({ ref, commit, at: at.toISOString() })), protection };
  }

  /** It is watched no longer, and every service forgets what it knows of it. */
  async remove(id: string, caller: Identity): Promise<void> {
    const row = await this.row(id, caller);
    await this.database.transaction((tx) => this.removal.dismiss(tx, row, caller.name));
  }

  /** Throws `Problem` 404 alike for a repository that is not there and one that the caller may not see. */
  async row(id: string, caller: Identity): Promise<RepositoryRow> {
    const params: unknown[] = [id];
    const [row] = await this.database.rows<RepositoryRow>(
      `select * from repository where id::text = $1 and ${visibleTo(caller, params)}`,
      params,
    );
    if (!row) throw new Problem(404, 'not_found', 'there is no such repository');
    return row;
  }

  /** What is watched, what it is called and whose it is, people say: a CI job only finds its own repository. Throws `Problem` 404. */
  async ofJob({ repository }: Bound): Promise<WatchedRepository> {
    const row = await this.find(repository);
    if (!row) throw new Problem(404, 'not_found', `${repository} is not watched here: somebody has to register it first`);
    return shown(row);
  }

  /** By canonical id, also that of the name that it has now, for other services. */
  async find(repository: string): Promise<RepositoryRow | undefined> {
    const [row] = await this.database.rows<RepositoryRow>(find, [repository]);
    return row;
  }

  private async change(tx: Tx, repository: string, wanted: NewRepository, { caller, from }: Changing): Promise<RepositoryRow> {
    const params: unknown[] = [repository];
    const [row] = await rows<RepositoryRow>(
      tx,
      `select * from repository where repository = $1 and ${visibleTo(caller, params)} for update`,
      params,
    );
    if (!row) throw new Problem(403, 'forbidden', 'this repository belongs to an application that is not yours');
    const same = (wanted.name ?? row.name) === row.name && (wanted.application ?? row.application) === row.application;
    if (same) return row;
    this.moves.confirm(row, wanted, from);
    const [changed] = await rows<RepositoryRow>(
      tx,
      `update repository set name = $2, application = $3, listed = listed and application = $3, revision = ${nextRevision} where id = $1 returning *`,
      [row.id, wanted.name ?? row.name, wanted.application ?? row.application],
    );
    await this.outbox.add(tx, repositoryFact(changed!, 'changed'));
    return changed!;
  }
}

/** The canonical id of any spelling of a clone address. Throws `Problem` 422. */
export function canonical(address: string): string {
  try {
    return repositoryId(address);
  } catch (error) {
    const detail = error instanceof RepositoryAddressRefused ? error.message : 'the address cannot be read';
    throw new Problem(422, 'repository_address_refused', detail, [
      { pointer: '/url', detail: 'give a clone URL such as https://host/owner/name.git' },
    ]);
  }
}

function nameOf(id: string): string {
  return id.split('/').slice(-2).join('/');
}

function shown(row: RepositoryRow): WatchedRepository {
  return {
    id: row.id,
    repository: row.repository,
    name: row.name,
    url: row.clone_url,
    ...(row.source_id === null ? {} : { source: row.source_id }),
    application: row.application,
    ...(row.rest === null ? {} : { resting: row.rest }),
    createdAt: row.created_at.toISOString(),
  };
}
