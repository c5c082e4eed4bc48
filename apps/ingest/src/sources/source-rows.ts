import type { CommentMode, SourceScope } from '@throughline/contracts';
import { findScmProvider } from '@throughline/scm';
import type { Sealer } from '@throughline/service';
import type { KnownSource } from './known-source.ts';
import type { SourceAddresses } from './source-settings.ts';

/** A row of `source`, with its secrets as parallel lists, newest first. */
export interface SourceRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly application: string;
  /** The demo's: made and removed with it, and changed by nobody. */
  readonly demo: boolean;
  readonly scope: string;
  readonly base_url: string | null;
  readonly api_url: string | null;
  readonly clone_url: string | null;
  readonly token: Buffer | null;
  readonly keeps_hooks: boolean;
  readonly write_token: Buffer | null;
  readonly comments: CommentMode;
  readonly app_id: string | null;
  readonly app_url: string | null;
  readonly app_key: Buffer | null;
  readonly created_at: Date;
  readonly secret_ids: readonly string[];
  readonly secrets_sealed: readonly Buffer[];
  readonly secrets_created: readonly Date[];
  readonly version: string;
}

export const mostSecrets = 2;

/** SQL of the version of a row of `source`: that of the row itself, and which secrets there are. */
export const sourceVersion = `source.xmin::text || ' ' || array_to_string(array(select id from source_secret where source_id = source.id order by id), ' ')`;

/** Select of `SourceRow`; add a condition on `source`. */
export const selectSources = `
  select source.*, ${sourceVersion} as version,
    coalesce(array_agg(secret.id order by secret.created_at desc, secret.id desc) filter (where secret.id is not null), '{}') as secret_ids,
    coalesce(array_agg(secret.sealed order by secret.created_at desc, secret.id desc) filter (where secret.id is not null), '{}') as secrets_sealed,
    coalesce(array_agg(secret.created_at order by secret.created_at desc, secret.id desc) filter (where secret.id is not null), '{}') as secrets_created
  from source left join source_secret secret on secret.source_id = source.id`;

export const secretPlace = (id: string): { table: string; row: string; field: string } => ({
  table: 'source_secret',
  row: id,
  field: 'sealed',
});
export const tokenPlace = (id: string): { table: string; row: string; field: string } => ({ table: 'source', row: id, field: 'token' });
export const writeTokenPlace = (id: string): { table: string; row: string; field: string } => ({
  table: 'source',
  row: id,
  field: 'write_token',
});

export const appKeyPlace = (id: string): { table: string; row: string; field: string } => ({ table: 'source', row: id, field: 'app_key' });

export function scopeOf(row: SourceRow): SourceScope {
  return JSON.parse(row.scope) as SourceScope;
}

export function addressesOf(row: SourceRow): SourceAddresses {
  return {
    ...(row.base_url === null ? {} : { baseUrl: row.base_url }),
    ...(row.api_url === null ? {} : { apiUrl: row.api_url }),
    ...(row.clone_url === null ? {} : { cloneUrl: row.clone_url }),
  };
}

/** Opens the secrets of a row; undefined for a kind that this build does not know. */
export function knownSource(row: SourceRow, sealer: Sealer): KnownSource | undefined {
  const provider = findScmProvider(row.kind);
  if (!provider) return undefined;
  const baseUrl = row.base_url ?? provider.baseUrl;
  return {
    id: row.id,
    version: row.version,
    provider,
    scope: scopeOf(row),
    settings: addressesOf(row),
    ...(row.comments === 'full' ? {} : { comments: row.comments }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    secrets: row.secret_ids.map((id, index) => ({ id, value: sealer.open(row.secrets_sealed[index]!, secretPlace(id)).toString('utf8') })),
    ...(row.token === null ? {} : { sealedToken: row.token }),
    ...(row.write_token === null ? {} : { sealedWriteToken: row.write_token }),
    ...(row.app_id === null || row.app_key === null ? {} : { app: { id: row.app_id, sealedKey: row.app_key } }),
  };
}
