import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, Problem } from '@throughline/service';

/** A request that is to have its effect once, however often it is sent. */
export interface OnceRequest {
  readonly principal: string;
  readonly key: string;
  /** Method and path with query. */
  readonly request: string;
  /** Undefined for a body that is passed through; its length then stands for it. */
  readonly body: Buffer | undefined;
  readonly length: number;
}

/** An answer as it is kept for a repetition. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const keyForm = /^[\x21-\x7e]{1,200}$/;
const keepHours = 24;
const abandonedMinutes = 5;
const sweepEveryMs = 60_000;

/** Answers to POSTs that carried an `Idempotency-Key`, per principal, for 24 hours. */
@Injectable()
export class Idempotency {
  private sweptAt = 0;

  constructor(private readonly database: Database) {}

  /** The answer to give again; undefined when the request is new and must be finished or given up by the caller. */
  async begin(once: OnceRequest): Promise<KeptAnswer | undefined> {
    if (!keyForm.test(once.key)) throw new Problem(400, 'invalid', 'the Idempotency-Key must be 1 to 200 visible ASCII characters');
    const digest = digestOf(once);
    await this.sweep();
    const made = await this.database.rows(
      'insert into idempotency (principal, key, request, digest) values ($1, $2, $3, $4) on conflict do nothing returning key',
      [once.principal, once.key, once.request, digest],
    );
    if (made.length > 0) return undefined;
    const [kept] = await this.database.rows<{
      request: string;
      digest: string;
      status: number | null;
      headers: string;
      body: Buffer | null;
    }>('select request, digest, status, headers, body from idempotency where principal = $1 and key = $2', [once.principal, once.key]);
    if (kept && (kept.request !== once.request || kept.digest !== digest)) {
      throw new Problem(422, 'idempotency_key_reused', 'this Idempotency-Key came with another request: make a new one');
    }
    if (!kept || kept.status === null) {
      throw new Problem(409, 'still_running', 'the first request with this Idempotency-Key is not answered yet', [], {
        'retry-after': '1',
      });
    }
    return { status: kept.status, headers: JSON.parse(kept.headers) as Record<string, string>, body: kept.body ?? undefined };
  }

  async finish({ principal, key }: OnceRequest, answer: KeptAnswer): Promise<void> {
    await this.database.rows('update idempotency set status = $3, headers = $4, body = $5 where principal = $1 and key = $2', [
      principal,
      key,
      answer.status,
      JSON.stringify(answer.headers),
      answer.body ?? null,
    ]);
  }

  /** It did not come to an answer that may be given again: the next try is a first one. */
  async giveUp({ principal, key }: OnceRequest): Promise<void> {
    await this.database.rows('delete from idempotency where principal = $1 and key = $2 and status is null', [principal, key]);
  }

  private async sweep(): Promise<void> {
    if (this.sweptAt + sweepEveryMs > Date.now()) return;
    this.sweptAt = Date.now();
    await this.database.rows(
      `delete from idempotency where created_at < now() - make_interval(hours => ${keepHours})
       or (status is null and created_at < now() - make_interval(mins => ${abandonedMinutes}))`,
    );
  }
}

function digestOf({ body, length }: OnceRequest): string {
  return body ? createHash('sha256').update(body).digest('hex') : `length ${length}`;
}
