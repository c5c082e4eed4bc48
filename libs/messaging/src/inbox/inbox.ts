import { Injectable } from '@nestjs/common';
import { envelopeOf } from '@throughline/contracts';
import { Database, rows, type Tx } from '@throughline/service';
import { consumerOf } from '../facts/deliveries.ts';
import { Measures } from '../measures.ts';
import { repositoriesOf, RepositoryRemovals } from '../removals/repository-removals.ts';

interface Mark {
  readonly day: string;
  readonly consumer: string;
  readonly source: string;
  readonly id: string;
}

/** Marks only once the locks are had; what was removed is told beside. */
const insert = `
  with removed as materialized (select * from share_repositories($5)),
  marked as (
    insert into inbox (day, consumer, source, id)
    select * from unnest($1::date[], $2::text[], $3::text[], $4::text[]) where (select count(*) from removed) >= 0
    on conflict do nothing
    returning source || ' ' || id as fresh
  )
  select fresh, null as repository, null::float8 as sequence from marked
  union all select null, repository, sequence::float8 from removed`;

/** Remembers what was handled: the effect of a fact happens once per consumer, however often the fact arrives. */
@Injectable()
export class Inbox {
  constructor(
    private readonly database: Database,
    private readonly removals: RepositoryRemovals,
    private readonly measures: Measures,
  ) {}

  /**
   * Opens one transaction, marks the facts as handled and runs the work on those that were not handled before and are not
   * about a repository that was removed since. The marks come first, so that a second worker with the same fact waits until
   * this transaction has ended.
   */
  async onceAll<F extends object>(facts: readonly F[], work: (fresh: readonly F[], tx: Tx) => Promise<void>): Promise<void> {
    if (facts.length === 0) return;
    const marked = facts.map((fact) => ({ fact, mark: markOf(fact) }));
    const counted = await this.database.transaction(async (tx) => {
      const { unseen, removed } = await insertMarks(
        tx,
        [...marked].sort((a, b) => order(a.mark, b.mark)).map(({ mark }) => mark),
        repositoriesOf(facts),
      );
      const unhandled = marked.filter(({ mark }) => unseen.delete(`${mark.source} ${mark.id}`)).map(({ fact }) => fact);
      const fresh = await this.removals.stillCounting(tx, unhandled, removed);
      if (fresh.length > 0) await work(fresh, tx);
      return unhandled.length;
    });
    const consumer = consumerOf(facts[0]!);
    if (counted > 0) this.measures.marked.add({ consumer, facts: 'new' }, counted);
    if (counted < facts.length) this.measures.marked.add({ consumer, facts: 'repeated' }, facts.length - counted);
  }

  /** The same for one fact. */
  async once(fact: object, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.onceAll([fact], (_fresh, tx) => work(tx));
  }
}

function markOf(fact: object): Mark {
  const { time, source, id } = envelopeOf(fact);
  return { day: new Date(time).toISOString().slice(0, 10), consumer: consumerOf(fact), source, id };
}

/** Equal order in all transactions: two batches with the same facts cannot lock each other out. */
function order(a: Mark, b: Mark): number {
  const left = `${a.day} ${a.source} ${a.id}`;
  const right = `${b.day} ${b.source} ${b.id}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

interface Marked {
  /** What was not marked before. */
  readonly unseen: Set<string>;
  readonly removed: ReadonlyMap<string, number>;
}

type MarkRow = { readonly fresh: string } | { readonly fresh: null; readonly repository: string; readonly sequence: number };

async function insertMarks(tx: Tx, marks: readonly Mark[], repositories: readonly string[]): Promise<Marked> {
  const column = (name: keyof Mark): string[] => marks.map((mark) => mark[name]);
  const values = [column('day'), column('consumer'), column('source'), column('id'), repositories];
  const found = await rows<MarkRow>(tx, insert, values);
  return {
    unseen: new Set(found.flatMap(({ fresh }) => fresh ?? [])),
    removed: new Map(found.flatMap((row) => (row.fresh === null ? [[row.repository, row.sequence] as const] : []))),
  };
}
