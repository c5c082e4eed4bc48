import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { Database, Sealer, ServiceConfig } from '@throughline/service';
import { keptDays } from '../retention/kept-days.ts';
import type { SealedBody } from './candidate.ts';
import { largeBytes } from './reading/readings.ts';

const largestSealed = 27 * 1024 * 1024;

/** Raw bodies, sealed because a payload may quote credentials; large ones lie outside of the database. */
@Injectable()
export class DeliveryBodies {
  private readonly blobs: Blobs;

  constructor(
    private readonly sealer: Sealer,
    private readonly database: Database,
    config: ServiceConfig,
  ) {
    this.blobs = new Blobs(config.blobsDir);
  }

  /** A large body is on disk when this returns, before any row names it. */
  async seal(deliveryId: string, body: Buffer): Promise<SealedBody> {
    if (body.length <= largeBytes) return { inline: this.sealer.seal(body, placeOf(deliveryId)), bytes: body.length };
    const sealed = await this.sealer.sealLarge(body, placeOf(deliveryId));
    const { digest } = await this.blobs.put(sealed, (known) => this.keep(known));
    return { blob: digest, bytes: body.length };
  }

  async open(deliveryId: string, { inline, blob }: Pick<SealedBody, 'inline' | 'blob'>): Promise<Buffer> {
    if (inline) return this.sealer.open(inline, placeOf(deliveryId));
    return this.sealer.openLarge(await this.blobs.read(blob ?? '', largestSealed), placeOf(deliveryId));
  }

  async remove(digest: Buffer): Promise<void> {
    await this.blobs.remove(`sha256:${digest.toString('hex')}`);
  }

  /** From now on the sweeper knows it, whether its delivery is written or not. */
  private async keep(digest: string): Promise<void> {
    const sql = `insert into kept_blob (digest, keep_until) values ($1, now() + interval '${keptDays} days') on conflict do nothing`;
    await this.database.rows(sql, [Buffer.from(digest.slice('sha256:'.length), 'hex')]);
  }
}

function placeOf(row: string): { table: string; row: string; field: string } {
  return { table: 'delivery', row, field: 'body' };
}
