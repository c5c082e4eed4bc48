import { Injectable, type OnModuleInit } from '@nestjs/common';
import { chainIdOf, RepositoryChanged } from '@throughline/contracts';
import { Partitions } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { traceIdOf } from '@throughline/telemetry';
import { recordedFact, type RecordedFact } from './recorded-fact.ts';

const insertFacts = `
  insert into fact (id, source, type, subject, time, envelope, payload, trace_id)
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[])`;

const insertNodes = `
  insert into node (id, type, service, subject, repository, title, status, summary, assurance, time, trace_id)
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::text[])
  on conflict do nothing`;

const insertKeys = (table: 'made_key' | 'cause_key'): string =>
  `insert into ${table} (key, node_id) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing`;

/** The earliest fact gives the beginning, a push the title and ref, the highest decision the status: in whatever order they come. */
const upsertChains = `
  insert into chain as known (id, repository, commit_id, title, ref, status, revision, began_at, baseline)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[], $9::boolean[])
  on conflict (id) do update set
    title = case when excluded.title <> '' then excluded.title else known.title end,
    ref = case when excluded.ref <> '' then excluded.ref else known.ref end,
    status = case when excluded.revision > known.revision then excluded.status else known.status end,
    revision = greatest(known.revision, excluded.revision),
    began_at = least(known.began_at, excluded.began_at),
    baseline = known.baseline or excluded.baseline`;

const upsertRepository = `
  insert into repository as known (id, application, revision) values ($1, $2, $3)
  on conflict (id) do update set application = excluded.application, revision = excluded.revision where excluded.revision >= known.revision`;

/** The log of all facts, and what of them is read back as chains. */
@Injectable()
export class FactLog implements OnModuleInit {
  constructor(private readonly partitions: Partitions) {}

  onModuleInit(): void {
    this.partitions.maintain('fact');
  }

  /** Appends facts that were not appended before, in one transaction with the marks of the inbox. */
  async append(facts: readonly object[], tx: Tx): Promise<void> {
    const recorded = facts.map(recordedFact);
    await this.insertFacts(recorded, tx);
    await this.insertNodes(
      recorded.filter((one) => one.makes.length + one.madeFrom.length > 0),
      tx,
    );
    for (const chain of chainsOf(recorded))
      await rows(
        tx,
        upsertChains,
        chain.map((value) => [value]),
      );
    for (const [index, fact] of facts.entries()) {
      if (!(fact instanceof RepositoryChanged)) continue;
      const { sequence, time } = recorded[index]!.envelope;
      await rows(tx, upsertRepository, [fact.repository, fact.application, sequence ?? Date.parse(time)]);
    }
  }

  private async insertFacts(recorded: readonly RecordedFact[], tx: Tx): Promise<void> {
    const of = <T>(value: (one: RecordedFact) => T): T[] => recorded.map(value);
    await rows(tx, insertFacts, [
      of((one) => one.envelope.id),
      of((one) => one.envelope.source),
      of((one) => one.type),
      of((one) => one.envelope.subject),
      of((one) => one.envelope.time),
      of((one) => JSON.stringify(one.envelope)),
      of((one) => one.payload),
      of(traceOf),
    ]);
  }

  private async insertNodes(recorded: readonly RecordedFact[], tx: Tx): Promise<void> {
    if (recorded.length === 0) return;
    const of = <T>(value: (one: RecordedFact) => T): T[] => recorded.map(value);
    await rows(tx, insertNodes, [
      of((one) => one.envelope.id),
      of((one) => one.type),
      of((one) => one.service),
      of((one) => one.envelope.subject),
      of((one) => one.repository ?? null),
      of((one) => one.told.title),
      of((one) => one.told.status),
      of((one) => JSON.stringify(one.told.summary)),
      of((one) => one.assurance),
      of((one) => one.envelope.time),
      of(traceOf),
    ]);
    for (const [table, keysOf] of [
      ['made_key', (one: RecordedFact) => one.makes],
      ['cause_key', (one: RecordedFact) => one.madeFrom],
    ] as const) {
      const pairs = recorded.flatMap((one) => keysOf(one).map((key) => ({ key, node: one.envelope.id })));
      if (pairs.length > 0) await rows(tx, insertKeys(table), [pairs.map(({ key }) => key), pairs.map(({ node }) => node)]);
    }
  }
}

function traceOf({ envelope }: RecordedFact): string | null {
  return (envelope.traceparent && traceIdOf({ traceparent: envelope.traceparent })) || null;
}

/** One row of values per fact with a root, sorted by chain so that two batches cannot lock each other out. */
function chainsOf(recorded: readonly RecordedFact[]): readonly (readonly unknown[])[] {
  return recorded
    .filter((one) => one.root !== undefined)
    .map((one) => {
      const { repository, commit } = one.root!;
      const title = one.type === 'change.pushed' ? one.told.title : '';
      const { result, revision } = one.decided ?? { result: 'pending', revision: 0 };
      return [chainIdOf(repository, commit), repository, commit, title, one.ref ?? '', result, revision, one.envelope.time, one.baseline];
    })
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}
