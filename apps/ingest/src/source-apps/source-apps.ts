import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { make, BegunSourceApp, type NewSourceApp } from '@throughline/contracts';
import { ScmCallFailed, type MadeApp, type ScmApps } from '@throughline/scm';
import { Database, Problem, rows, ServiceConfig, type Identity } from '@throughline/service';
import { hookUrl } from '../sources/hook-url.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { apiUrlOf } from '../sources/source-settings.ts';
import { Sources } from '../sources/sources.ts';
import { AppKeeping, type BegunApp } from './app-keeping.ts';

/** Its host leads back within it, or it is begun again. */
const openMs = 60 * 60_000;
const longestName = 34;

/** A source at a host that has Apps. */
interface AppPlace {
  readonly source: KnownSource & { readonly baseUrl: string };
  readonly apps: ScmApps;
}

const claim = `
  delete from begun_app where state_digest = $1 and expires_at > clock_timestamp()
  returning source_id, manifest, creation_url, api_url, begun_by`;

/** Makes Apps for sources: the host makes it from our manifest and leads back with a code, which is changed for its key. */
@Injectable()
export class SourceApps {
  constructor(
    private readonly database: Database,
    private readonly sources: Sources,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly own: AppKeeping,
    private readonly config: ServiceConfig,
  ) {}

  /** Throws `Problem` 404, 409, 422. */
  async begin(id: string, wanted: NewSourceApp, caller: Identity): Promise<BegunSourceApp> {
    const row = await this.sources.row(id, caller);
    const { source, apps } = await this.placeOf(row.id);
    const state = randomBytes(32).toString('base64url');
    const base = this.config.linkBase;
    const manifest = apps.manifest({
      name: wanted.name ?? `Throughline ${row.name}`.slice(0, longestName).trim(),
      url: base,
      hookUrl: hookUrl(base, source.id),
      redirectUrl: `${base}/api/v1/source-apps/made`,
      fixes: wanted.fixes ?? false,
    });
    const creationUrl = apps.creationUrl(source.baseUrl, wanted.organisation, state);
    const expiresAt = new Date(Date.now() + openMs);
    await this.database.transaction(async (tx) => {
      await rows(tx, 'delete from begun_app where expires_at < clock_timestamp()');
      await rows(
        tx,
        `insert into begun_app (state_digest, source_id, manifest, creation_url, api_url, begun_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
        [digestOf(state), source.id, JSON.stringify(manifest), creationUrl, apiOf(source), caller.name.slice(0, 200), expiresAt],
      );
    });
    return make(BegunSourceApp, {
      page: `${base}/api/v1/source-apps/pages/${state}`,
      creationUrl,
      manifest,
      expiresAt: expiresAt.toISOString(),
    });
  }

  /** Throws `Problem` 404 for what nobody began, what is over or was used. */
  async begun(state: string): Promise<BegunApp> {
    const [row] = await this.database.rows<BegunApp>(
      `select source_id, manifest, creation_url, api_url, begun_by from begun_app
       where state_digest = $1 and expires_at > clock_timestamp()`,
      [digestOf(state)],
    );
    return row ?? notBegun();
  }

  /** Changes the code for the App and keeps it; answers where it is installed. A code and a state work once. */
  async made(state: string, code: string): Promise<string> {
    const [begun] = await this.database.rows<BegunApp>(claim, [digestOf(state)]);
    if (!begun) return notBegun();
    const { source, apps } = await this.placeOf(begun.source_id);
    if (apiOf(source) !== begun.api_url) throw new Problem(409, 'moved', 'the source got another address meanwhile: begin again');
    const app = await exchanged(apps, this.apis.at(begun.api_url, undefined), code);
    await this.own.keep(source, app, begun);
    const sameOrigin = new URL(app.url).origin === new URL(source.baseUrl).origin;
    return sameOrigin ? `${app.url}/installations/new` : this.config.linkBase;
  }

  /** The key is forgotten here; the App itself is removed at its host. */
  async forget(id: string, caller: Identity): Promise<void> {
    const row = await this.sources.row(id, caller);
    await this.own.forget(row.id, caller);
  }

  private async placeOf(id: string): Promise<AppPlace> {
    const source = await this.directory.find(id);
    const apps = source?.provider.apps;
    if (!source || !apps) throw new Problem(422, 'no_apps', 'there are Apps only at GitHub: use a token');
    if (source.baseUrl === undefined) throw new Problem(422, 'no_address', 'the source has no address yet: set settings.baseUrl');
    return { source: { ...source, baseUrl: source.baseUrl }, apps };
  }
}

async function exchanged(apps: ScmApps, to: Parameters<ScmApps['exchange']>[0], code: string): Promise<MadeApp> {
  try {
    return await apps.exchange(to, code);
  } catch (error) {
    if (!(error instanceof ScmCallFailed)) throw error;
    throw new Problem(502, 'not_exchanged', `the host did not give the App for its code: ${error.message}. Begin again`);
  }
}

function apiOf({ provider, settings, baseUrl }: AppPlace['source']): string {
  return apiUrlOf(provider, settings, baseUrl);
}

function digestOf(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

function notBegun(): never {
  throw new Problem(404, 'not_found', 'nobody began to make this App, it was made already, or it took more than an hour: begin again');
}
