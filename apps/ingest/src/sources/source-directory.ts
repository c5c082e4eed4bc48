import { Injectable } from '@nestjs/common';
import type { AppIdentity } from '@throughline/scm';
import { Database, Sealer } from '@throughline/service';
import { MicroBatch } from '../batching/micro-batch.ts';
import type { KnownSource } from './known-source.ts';
import { appKeyPlace, knownSource, selectSources, tokenPlace, writeTokenPlace, type SourceRow } from './source-rows.ts';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const nobody = '00000000-0000-0000-0000-000000000000';
const limits = { items: 500, bytes: 500, waitMs: 1, waitingBytes: 20_000 };

/** So many sources are remembered. */
const mostKnown = 2_000;

/**
 * Finds sources for arriving deliveries; requests that wait share a query. What is remembered of a source is believed until its
 * delivery is written: that says whether its version is still the same, so that a secret ends at once.
 */
@Injectable()
export class SourceDirectory {
  private readonly lookups: MicroBatch<string, KnownSource | undefined>;
  private readonly known = new Map<string, KnownSource>();

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {
    // A failed lookup would fail again item by item: it reads one table by its key.
    this.lookups = new MicroBatch(
      (ids) => this.read(ids),
      () => true,
      limits,
    );
  }

  /** As it is now. A text that is no id asks for nobody: the answer takes the same way and time. */
  async find(id: string): Promise<KnownSource | undefined> {
    const key = keyOf(id);
    const found = await this.lookups.add(key, 1);
    this.known.delete(key);
    if (!found) return undefined;
    for (const oldest of this.known.size >= mostKnown ? this.known.keys() : []) {
      this.known.delete(oldest);
      break;
    }
    this.known.set(key, found);
    return found;
  }

  /** As it was when it was last looked for. */
  remembered(id: string): KnownSource | undefined {
    return this.known.get(keyOf(id));
  }

  /**
   * Takes the address of a source from its first signed delivery, and answers the source as it is from now on. Only for a
   * source without a token: a credential never follows what a payload says.
   */
  async settle(source: KnownSource, told: string): Promise<KnownSource | undefined> {
    await this.database.rows(
      'update source set base_url = $2 where id = $1 and base_url is null and token is null and write_token is null and app_id is null',
      [source.id, told],
    );
    return this.find(source.id);
  }

  /** The credential that a person stored for the source. */
  tokenOf(source: KnownSource): string | undefined {
    return source.sealedToken && this.sealer.open(source.sealedToken, tokenPlace(source.id)).toString('utf8');
  }

  /** The one that may write branches; undefined where nobody stored one: then nothing is ever pushed. */
  writeTokenOf(source: KnownSource): string | undefined {
    return source.sealedWriteToken && this.sealer.open(source.sealedWriteToken, writeTokenPlace(source.id)).toString('utf8');
  }

  /** The App that was made for the source, with its key. */
  appOf(source: KnownSource): AppIdentity | undefined {
    const { id, app } = source;
    return app && { id: app.id, key: this.sealer.open(app.sealedKey, appKeyPlace(id)).toString('utf8') };
  }

  private async read(ids: readonly string[]): Promise<(KnownSource | undefined)[]> {
    const found = await this.database.rows<SourceRow>(`${selectSources} where source.id = any($1::uuid[]) group by source.id`, [
      [...new Set(ids)],
    ]);
    const byId = new Map(found.map((row) => [row.id, knownSource(row, this.sealer)]));
    return ids.map((id) => byId.get(id));
  }
}

function keyOf(id: string): string {
  return uuid.test(id) ? id.toLowerCase() : nobody;
}
