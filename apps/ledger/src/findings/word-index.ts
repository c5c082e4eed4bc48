import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { wordsOf } from './finding-words.ts';

/** More of them are put into the index after the import: it is half of what writing a finding costs. */
const mostAtOnce = 200;

interface Changed {
  readonly numbers: readonly string[];
}

/** The words by which findings are found, beside the findings: what else changes of one does not touch its words. */
@Injectable()
export class WordIndex implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.work.handle<Changed>(workKinds.indexWords, { concurrency: 1, leaseSeconds: 60, maxAttempts: 8 }, (lease) => this.later(lease));
  }

  /** Takes over the words of findings that `tx` has written: at once of a few, shortly after its commit of many. */
  async changed(tx: Tx, numbers: readonly string[]): Promise<void> {
    if (numbers.length === 0) return;
    if (numbers.length <= mostAtOnce) return write(tx, numbers);
    await this.work.add(tx, { kind: workKinds.indexWords, payload: { numbers } satisfies Changed, priority: 'bulk' });
  }

  /** A finding that is forgotten meanwhile is waited for, and then has no words. */
  private async later(lease: Lease<Changed>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const there = await rows<{ number: string }>(
        tx,
        'select number from finding where number = any($1::bigint[]) order by number for key share',
        [lease.payload.numbers],
      );
      await write(
        tx,
        there.map(({ number }) => number),
      );
      await lease.complete(tx);
    });
  }
}

async function write(tx: Tx, numbers: readonly string[]): Promise<void> {
  await rows(
    tx,
    `insert into finding_words (finding_number, words) select f.number, ${wordsOf('f.')} from finding f where f.number = any($1::bigint[])
     on conflict (finding_number) do update set words = excluded.words where finding_words.words <> excluded.words`,
    [numbers],
  );
}
