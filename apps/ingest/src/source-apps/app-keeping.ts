import { Injectable } from '@nestjs/common';
import type { MadeApp } from '@throughline/scm';
import { Database, Log, Problem, rows, Sealer, type Identity } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { forgetApp, forgetReach } from '../sources/forget-app.ts';
import { appKeyPlace } from '../sources/source-rows.ts';
import { addSecret } from '../sources/source-secrets.ts';

/** An App that somebody began to make. */
export interface BegunApp {
  readonly source_id: string;
  readonly manifest: string;
  readonly creation_url: string;
  readonly api_url: string;
  readonly begun_by: string;
}

/** The rows of Apps that were made. */
@Injectable()
export class AppKeeping {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
    private readonly log: Log,
  ) {}

  /** Its webhooks are signed by a secret of its own, which is valid beside the one before. */
  async keep({ id }: KnownSource, app: MadeApp, { begun_by: by, api_url: apiUrl }: BegunApp): Promise<void> {
    await this.database.transaction(async (tx) => {
      const kept = await rows(tx, 'update source set app_id = $2, app_url = $3, app_key = $4 where id = $1 returning 1', [
        id,
        app.id,
        app.url,
        this.sealer.seal(app.key, appKeyPlace(id)),
      ]);
      await forgetReach(tx, id);
      if (kept.length === 0) throw new Problem(404, 'not_found', 'the source was removed meanwhile');
      await addSecret(tx, this.sealer, id, app.secret);
    });
    this.log.info({ source: id, app: app.id, api: apiUrl, by }, 'an App was made for a source');
  }

  async forget(id: string, caller: Identity): Promise<void> {
    await this.database.transaction((tx) => forgetApp(tx, id));
    this.log.info({ source: id, by: caller.id }, 'the App of a source was forgotten');
  }
}
