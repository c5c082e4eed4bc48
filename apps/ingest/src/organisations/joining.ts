import { Injectable } from '@nestjs/common';
import { Outbox, WorkQueue } from '@throughline/messaging';
import type { RepositoryAddress } from '@throughline/scm';
import { Database, Log, rows, type Tx } from '@throughline/service';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { lookOf } from './first-look.ts';

const perTransaction = 100;

/** Makes repositories known to a source, and has each looked at for the first time. */
@Injectable()
export class Joining {
  constructor(
    private readonly database: Database,
    private readonly register: RepositoryRegister,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
    private readonly log: Log,
  ) {}

  async join(source: KnownSource, news: readonly RepositoryAddress[]): Promise<void> {
    for (let from = 0; from < news.length; from += perTransaction) {
      await this.database.transaction((tx) => this.joinSome(tx, source, news.slice(from, from + perTransaction)));
    }
    if (news.length > 0) this.log.info({ source: source.id, count: news.length }, 'repositories of an organisation were connected');
  }

  private async joinSome(tx: Tx, source: KnownSource, some: readonly RepositoryAddress[]): Promise<void> {
    const { facts } = await this.register.register(
      tx,
      some.map((one) => ({ ...one, source })),
    );
    const sql = 'select id from repository where repository = any($1::text[]) and source_id = $2';
    const joined = await rows<{ id: string }>(tx, sql, [some.map(({ id }) => id), source.id]);
    await this.outbox.add(tx, ...facts);
    await this.work.add(tx, ...joined.map(({ id }) => lookOf(id)));
  }
}
