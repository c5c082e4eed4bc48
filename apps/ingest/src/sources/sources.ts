import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  uuidv7,
  type CreatedSource,
  type CreatedSourceSecret,
  type NewSource,
  type Page,
  type PageQuery,
  type Source,
  type SourceChange,
  type SourceScope,
} from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { findScmProvider, scmProviders, type ScmProvider } from '@throughline/scm';
import {
  Database,
  decodeCursor,
  defaultLimit,
  Log,
  pageOf,
  Problem,
  rows,
  Sealer,
  sees,
  ServiceConfig,
  visibleTo,
  type Identity,
  type Tx,
} from '@throughline/service';
import { readdress } from '../repositories/readdress.ts';
import { hookState } from './hook-state.ts';
import { hookUrl } from './hook-url.ts';
import { protectionState } from './protection-state.ts';
import { forgetHost } from './forget-app.ts';
import { reachState } from './reach-state.ts';
import { scopeFault } from './scope.ts';
import { addSecret } from './source-secrets.ts';
import { changeSettings, refuseHooks, type ChangedSettings } from './source-settings.ts';
import { addressesOf, scopeOf, selectSources, tokenPlace, writeTokenPlace, type SourceRow } from './source-rows.ts';

/** The sources as people manage them. */
@Injectable()
export class Sources {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly config: ServiceConfig,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {}

  async create(wanted: NewSource, caller: Identity): Promise<CreatedSource> {
    if (!sees(caller, 'unassigned'))
      throw new Problem(403, 'forbidden', 'a source belongs to the whole organisation: this needs access to all applications');
    const provider = providerOf(wanted.kind);
    refuseScope(provider, wanted.scope);
    const id = uuidv7();
    const secret = wanted.secret ?? newSecret(provider);
    const settings = changeSettings(provider, {}, wanted.settings ?? {});
    const hooks = wanted.settings?.hooks ?? false;
    if (hooks) refuseHooks(provider, hasToken(settings, false));
    await this.database.transaction(async (tx) => {
      await rows(tx, 'insert into source (id, kind, name, scope, keeps_hooks, comments) values ($1, $2, $3, $4, $5, $6)', [
        id,
        provider.name,
        wanted.name,
        JSON.stringify(wanted.scope ?? {}),
        hooks,
        wanted.settings?.comments ?? 'full',
      ]);
      await this.storeSettings(tx, id, settings);
      await addSecret(tx, this.sealer, id, secret);
    });
    this.log.info({ source: id, kind: provider.name, by: caller.id }, 'a source was created');
    return { ...(await this.read(id, caller)), secret };
  }

  async list(query: PageQuery, caller: Identity): Promise<Page<Source>> {
    const params: unknown[] = [decodeCursor(query.cursor, 1)?.[0] ?? null, (query.limit ?? defaultLimit) + 1];
    const sql = `${selectSources} where ($1::uuid is null or source.id < $1::uuid) and ${visibleTo(caller, 'source.application', params)}
      group by source.id order by source.id desc limit $2`;
    const found = await this.database.rows<SourceRow>(sql, params);
    const page = pageOf(found, query.limit, (row) => [row.id]);
    return { items: page.items.map((row) => this.shown(row)), next: page.next };
  }

  async read(id: string, caller: Identity): Promise<Source> {
    const row = await this.row(id, caller);
    const hooks = row.keeps_hooks ? { hooks: await hookState(this.database, row.id) } : {};
    const looks = findScmProvider(row.kind)?.requiredChecks && (row.token ?? row.app_id) !== null;
    const reach = await reachState(this.database, row.id);
    const protection = looks ? { protection: await protectionState(this.database, row.id) } : {};
    return { ...this.shown(row), ...hooks, ...protection, ...(reach ? { reach } : {}) };
  }

  async change(id: string, change: SourceChange, caller: Identity): Promise<Source> {
    const row = await this.row(id, caller);
    if (row.demo) throw new Problem(409, 'demo', 'this source belongs to the demo: it is removed with it, and not changed');
    const provider = providerOf(row.kind);
    if (change.scope !== undefined) refuseScope(provider, change.scope);
    const settings = changeSettings(provider, addressesOf(row), change.settings ?? {});
    const hooks = change.settings?.hooks;
    if (hooks) refuseHooks(provider, hasToken(settings, row.token !== null));
    await this.database.transaction(async (tx) => {
      const scope = change.scope === undefined ? null : JSON.stringify(change.scope);
      const update = `update source set name = coalesce($2, name), scope = coalesce($3, scope), keeps_hooks = coalesce($4, keeps_hooks),
        comments = coalesce($5, comments) where id = $1`;
      await rows(tx, update, [id, change.name ?? null, scope, hooks ?? null, change.settings?.comments ?? null]);
      await this.storeSettings(tx, id, settings);
      const { addresses } = settings;
      await this.outbox.add(
        tx,
        ...(await readdress(tx, { source: id, provider, baseUrl: addresses.baseUrl ?? provider.baseUrl, addresses })),
      );
    });
    this.log.info({ source: id, by: caller.id, credential: settings.token === 'drop' ? 'dropped' : undefined }, 'a source was changed');
    return this.read(id, caller);
  }

  /** A further secret; the newest two are valid. */
  async rotate(id: string, given: string | undefined, caller: Identity): Promise<CreatedSourceSecret> {
    const { kind } = await this.row(id, caller);
    const secret = given ?? newSecret(providerOf(kind));
    const added = await this.database.transaction((tx) => addSecret(tx, this.sealer, id, secret));
    this.log.info({ source: id, by: caller.id }, 'a source got a further signing key');
    return { id: added, secret, active: (await this.row(id, caller)).secret_ids.length };
  }

  /** Throws `Problem` 404 alike for a source that is not there and one that the caller may not see. */
  async row(id: string, caller: Identity): Promise<SourceRow> {
    const params: unknown[] = [id];
    const sql = `${selectSources} where source.id::text = $1 and ${visibleTo(caller, 'source.application', params)} group by source.id`;
    const [row] = await this.database.rows<SourceRow>(sql, params);
    if (!row) throw new Problem(404, 'not_found', 'there is no such source');
    return row;
  }

  private async storeSettings(tx: Tx, id: string, { addresses, token, writeToken, moved }: ChangedSettings): Promise<void> {
    const { baseUrl = null, apiUrl = null, cloneUrl = null } = addresses;
    await rows(tx, 'update source set base_url = $2, api_url = $3, clone_url = $4 where id = $1', [id, baseUrl, apiUrl, cloneUrl]);
    if (moved) await forgetHost(tx, id);
    for (const [column, change, place] of [
      ['token', token, tokenPlace(id)],
      ['write_token', writeToken, writeTokenPlace(id)],
    ] as const) {
      if (change === 'keep') continue;
      const sealed = change === 'drop' ? null : this.sealer.seal(change.set, place);
      await rows(tx, `update source set ${column} = $2 where id = $1`, [id, sealed]);
    }
  }

  private shown(row: SourceRow): Source {
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      url: hookUrl(this.config.linkBase, row.id),
      scope: scopeOf(row),
      settings: shownSettings(row),
      secrets: row.secret_ids.map((id, index) => ({ id, createdAt: row.secrets_created[index]!.toISOString() })),
      facts: [...(findScmProvider(row.kind)?.facts ?? [])],
      createdAt: row.created_at.toISOString(),
    };
  }
}

function hasToken({ token }: ChangedSettings, stored: boolean): boolean {
  return token === 'keep' ? stored : token !== 'drop';
}

/** Whether there are tokens, never the tokens. */
function shownSettings(row: SourceRow): Source['settings'] {
  return {
    ...addressesOf(row),
    token: row.token !== null,
    ...(row.comments === 'full' ? {} : { comments: row.comments }),
    ...(row.write_token === null ? {} : { writeToken: true }),
    ...(row.keeps_hooks ? { hooks: true } : {}),
    ...(row.app_url === null ? {} : { app: row.app_url }),
  };
}

function providerOf(kind: string): ScmProvider {
  const provider = findScmProvider(kind);
  if (provider) return provider;
  const known = scmProviders.map(({ name }) => name).join(', ');
  throw new Problem(422, 'unknown_kind', `there is no source of this kind yet: use ${known}`, [
    { pointer: '/kind', detail: `is none of ${known}` },
  ]);
}

/** Throws `Problem` 422. */
function refuseScope(provider: ScmProvider, scope: SourceScope | undefined): void {
  const detail = scopeFault(scope, provider.webhook.unsigned === true);
  if (detail === undefined) return;
  throw new Problem(422, 'scope_refused', `the scope of a source of this kind ${detail}`, [{ pointer: '/scope/repositories', detail }]);
}

function newSecret(provider: ScmProvider): string {
  return provider.newSecret?.() ?? randomBytes(32).toString('base64url');
}
