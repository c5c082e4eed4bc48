import { Injectable } from '@nestjs/common';
import { Database, Sealer } from '@throughline/service';
import { MicroBatch } from '../batching/micro-batch.ts';
import type { KnownSource } from './known-source.ts';
import { knownSource, selectSources, tokenPlace, writeTokenPlace, type SourceRow } from './source-rows.ts';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const nobody = '00000000-0000-0000-0000-000000000000';
const limits = { items: 500, bytes: 500, waitMs: 1, waitingBytes: 20_000 };

/** Finds sources for arriving deliveries. Nothing is cached, so that a secret ends at once; requests that wait share a query. */
@Injectable()
export class SourceDirectory {
  private readonly lookups: MicroBatch<string, KnownSource | undefined>;

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

  /** A text that is no id asks for nobody: the answer takes the same way and time. */
  find(id: string): Promise<KnownSource | undefined> {
    return this.lookups.add(uuid.test(id) ? id.toLowerCase() : nobody, 1);
  }

  /**
   * Takes the address of a source from its first signed delivery, and answers the one that holds from now on. Only for a
   * source without a token: a credential never follows what a payload says.
   */
  async settle(source: KnownSource, told: string): Promise<string | undefined> {
    await this.database.rows(
      'update source set base_url = $2 where id = $1 and base_url is null and token is null and write_token is null',
      [source.id, told],
    );
    return (await this.find(source.id))?.baseUrl;
  }

  /** The credential that a person stored for the source. */
  tokenOf(source: KnownSource): string | undefined {
    return source.sealedToken && this.sealer.open(source.sealedToken, tokenPlace(source.id)).toString('utf8');
  }

  /** The one that may write branches; undefined where nobody stored one: then nothing is ever pushed. */
  writeTokenOf(source: KnownSource): string | undefined {
    return source.sealedWriteToken && this.sealer.open(source.sealedWriteToken, writeTokenPlace(source.id)).toString('utf8');
  }

  private async read(ids: readonly string[]): Promise<(KnownSource | undefined)[]> {
    const found = await this.database.rows<SourceRow>(`${selectSources} where source.id = any($1::uuid[]) group by source.id`, [
      [...new Set(ids)],
    ]);
    const byId = new Map(found.map((row) => [row.id, knownSource(row, this.sealer)]));
    return ids.map((id) => byId.get(id));
  }
}
