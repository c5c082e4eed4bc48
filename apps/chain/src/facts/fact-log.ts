import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationRemoved, RepositoryChanged } from '@throughline/contracts';
import { Partitions, RepositoryRemovals } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { traceIdOf } from '@throughline/telemetry';
import { recordedFact, type RecordedFact } from './recorded-fact.ts';

const insertFacts = `
  insert into fact (id, source, type, subject, time, envelope, payload, application, trace_id, repository)
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])`;

/** Of a removed repository one fact stays: that it was removed. What names no repository goes with the chain it hangs on. */
const forgetFacts = `
  with gone as (
    select id from fact where repository = $1 and type <> 'repository.removed'
    union select id from node where chain_id in (select id from chain where repository = $1)
  ), nodes as (delete from node where id in (select id from gone))
  delete from fact where id in (select id from gone)`;
const forgetApplication = `delete from fact where type = 'application.changed' and subject = $1`;
const forget = [forgetFacts, 'delete from chain where repository = $1', 'delete from repository where id = $1'];

const insertNodes = `
  insert into node (id, type, service, subject, chain_id, title, status, summary, assurance, time, trace_id, span_id)
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::text[], $12::text[])
  on conflict do nothing`;

const insertKeys = (table: 'made_key' | 'cause_key'): string =>
  `insert into ${table} (key, node_id) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing`;

/**
 * The earliest fact gives the beginning, the first push title and ref, the last decision the status: in whatever order they come.
 * In the order of the chains, so that two batches cannot lock each other out.
 */
const upsertChains = `
  insert into chain as known (id, repository, commit_id, title, ref, pushed_at, status, revision, decided_at, began_at, baseline)
  select id, min(repository), min(commit_id), (array_agg(title order by pushed_at, ref))[1], (array_agg(ref order by pushed_at, ref))[1],
    min(pushed_at), (array_agg(status order by revision desc, decided_at desc, status))[1], max(revision),
    (array_agg(decided_at order by revision desc, decided_at desc, status))[1], min(began_at), bool_or(baseline)
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::bigint[],
    $9::timestamptz[], $10::timestamptz[], $11::boolean[])
    as given (id, repository, commit_id, title, ref, pushed_at, status, revision, decided_at, began_at, baseline)
  group by id order by id
  on conflict (id) do update set
    (title, ref, pushed_at) = (
      select title, ref, pushed_at from (values (known.title, known.ref, known.pushed_at), (excluded.title, excluded.ref, excluded.pushed_at))
        as push (title, ref, pushed_at) order by pushed_at, ref limit 1),
    (status, revision, decided_at) = (
      select status, revision, decided_at
      from (values (known.status, known.revision, known.decided_at), (excluded.status, excluded.revision, excluded.decided_at))
        as decision (status, revision, decided_at) order by revision desc, decided_at desc, status limit 1),
    began_at = least(known.began_at, excluded.began_at),
    baseline = known.baseline or excluded.baseline`;

const upsertRepository = `
  insert into repository as known (id, application, revision) values ($1, $2, $3)
  on conflict (id) do update set application = excluded.application, revision = excluded.revision where excluded.revision >= known.revision`;

/** The log of all facts, and what of them is read back as chains. */
@Injectable()
export class FactLog implements OnModuleInit {
  constructor(
    private readonly partitions: Partitions,
    private readonly removals: RepositoryRemovals,
  ) {}

  onModuleInit(): void {
    this.partitions.maintain('fact');
    this.removals.onRemoval(async (tx, repository) => {
      for (const step of forget) await rows(tx, step, [repository]);
    });
  }

  /** Appends facts that were not appended before, in one transaction with the marks of the inbox. */
  async append(facts: readonly object[], tx: Tx): Promise<void> {
    const recorded = facts.map(recordedFact);
    await this.insertFacts(recorded, tx);
    await this.insertNodes(
      recorded.filter((one) => one.makes.length + one.madeFrom.length > 0),
      tx,
    );
    await this.upsertChains(recorded, tx);
    for (const [index, fact] of facts.entries()) {
      if (fact instanceof ApplicationRemoved) await rows(tx, forgetApplication, [fact.name]);
      if (!(fact instanceof RepositoryChanged)) continue;
      const { sequence, time } = recorded[index]!.envelope;
      await rows(tx, upsertRepository, [fact.repository, fact.application, sequence ?? Date.parse(time)]);
    }
  }

  private async upsertChains(recorded: readonly RecordedFact[], tx: Tx): Promise<void> {
    const chains = chainsOf(recorded);
    if (chains.length === 0) return;
    const columns = chains[0]!.map((_, column) => chains.map((chain) => chain[column]));
    await rows(tx, upsertChains, columns);
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
      of((one) => one.application),
      of((one) => traceOf(one).traceId),
      of((one) => one.repository ?? null),
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
      of((one) => one.chain ?? null),
      of((one) => one.told.title),
      of((one) => one.told.status),
      of((one) => JSON.stringify(one.told.summary)),
      of((one) => one.assurance),
      of((one) => one.envelope.time),
      of((one) => traceOf(one).traceId),
      of((one) => traceOf(one).spanId),
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

/** Where the episode of a fact was recorded (W3C Trace Context, `version-trace-span-flags`). */
function traceOf({ envelope: { traceparent } }: RecordedFact): { readonly traceId: string | null; readonly spanId: string | null } {
  const traceId = traceIdOf({ traceparent });
  return traceId ? { traceId, spanId: traceparent!.split('-')[2]! } : { traceId: null, spanId: null };
}

/** One row of values per fact with a root. */
function chainsOf(recorded: readonly RecordedFact[]): readonly (readonly unknown[])[] {
  return recorded
    .filter((one) => one.root !== undefined)
    .map((one) => {
      const { repository, commit } = one.root!;
      const { time } = one.envelope;
      const push = one.ref === undefined ? ['', '', 'infinity'] : [one.told.title, one.ref, time];
      const decision = one.decided ? [one.decided.result, one.decided.revision, time] : ['pending', 0, '-infinity'];
      return [one.chain, repository, commit, ...push, ...decision, time, one.baseline];
    });
}
