import { Injectable } from '@nestjs/common';
import { WebhookRefused, type Translation } from '@throughline/scm';
import { Database, Problem } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { dayOf, type Outcome } from './candidate.ts';
import type { DeliveryRow } from './deliveries.ts';
import { DeliveryBodies } from './delivery-bodies.ts';
import type { Origin } from './completion.ts';
import { interpret } from './interpret.ts';
import { Readings } from './reading/readings.ts';

interface StoredBody {
  readonly body: Buffer | null;
  readonly body_blob: Buffer | null;
}

/** Reads a kept delivery again, by what we know today. Its signature was verified when it came, which is not repeated. */
@Injectable()
export class Rereading {
  constructor(
    private readonly database: Database,
    private readonly bodies: DeliveryBodies,
    private readonly readings: Readings,
  ) {}

  /** Under the name in the delivery. Throws `Problem` 404 when the body is gone, 4xx when it cannot be read. */
  async translation(source: KnownSource, row: DeliveryRow): Promise<Translation> {
    const { 'content-type': contentType } = JSON.parse(row.headers) as Record<string, string>;
    const order = { provider: source.provider.name, contentType, event: row.event ?? '', source: source.id, baseUrl: source.baseUrl };
    return this.readings.read(order, { bytes: await this.bodyOf(row) });
  }

  /** What a translation means, with what is known of the origin. Throws `Problem` 422. */
  outcome(source: KnownSource, translation: Translation, origin: Origin): Outcome {
    try {
      return interpret(source, translation, origin);
    } catch (error) {
      if (error instanceof WebhookRefused) throw new Problem(422, error.code, error.message);
      throw error;
    }
  }

  private async bodyOf({ id, received_at }: DeliveryRow): Promise<Buffer> {
    const sql = 'select body, body_blob from delivery where id = $1 and received_on = $2';
    const [stored] = await this.database.rows<StoredBody>(sql, [id, dayOf(received_at)]);
    if (!stored) throw new Problem(404, 'not_found', 'there is no such delivery');
    if (stored.body) return this.bodies.open(id, { inline: stored.body });
    return this.bodies.open(id, { blob: `sha256:${(stored.body_blob ?? Buffer.alloc(0)).toString('hex')}` });
  }
}
