import { lastRows, rows, type Tx } from '@throughline/service';

/** A fact that waits to be sent. */
export interface OutboxFact {
  readonly position: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: string;
  readonly payload: string;
  readonly carrier: string | null;
  readonly waitedMs: number;
}

/** The broker takes 1 MiB a batch; a topic's share bounds the share of each of its partitions. */
const bytesPerTopic = 256 * 1024;
const bytesPerCycle = 1024 * 1024;

const oldest = `
  select position, topic, key, headers, payload, carrier, after_removal as "afterRemoval", extract(epoch from clock_timestamp() - created_at) * 1000 as "waitedMs", there
  from (
    select page.*, sum(octet_length(payload) + octet_length(headers)) over (order by position) as running, count(*) over () as there
    from (select * from outbox where topic <> all($1) order by position limit $2) as page
  ) as counted
  where running <= $3 or position = (select min(position) from outbox where topic <> all($1))
  order by position`;

/** Nobody waits for the disk: what a crash of Postgres brings back is sent again, as after a death between send and delete. */
const takeLock = `
  select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' outbox', 0)) as mine,
    set_config('idle_in_transaction_session_timeout', '15s', true),
    set_config('synchronous_commit', 'off', true)`;

/** True for the one relay of this service that may send now; the lock ends with the transaction. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const [turn] = await rows<{ mine: boolean }>(tx, takeLock);
  return turn?.mine === true;
}

interface FoundFact extends Omit<OutboxFact, 'waitedMs'> {
  readonly waitedMs: string;
  readonly afterRemoval: string | null;
  /** How many there are, up to the limit. */
  readonly there: string;
}

/** The oldest facts that fit one send, in order, and whether there are more; a topic that is full gives no further ones. */
export async function oldestFacts(
  tx: Tx,
  blockedTopics: readonly string[],
  limit: number,
): Promise<{ readonly facts: OutboxFact[]; readonly more: boolean }> {
  const found = await rows<FoundFact>(tx, oldest, [blockedTopics, limit, bytesPerCycle]);
  const used = new Map<string, number>();
  const full = new Set<string>();
  const facts = found.flatMap((fact) => {
    const bytes = (used.get(fact.topic) ?? 0) + Buffer.byteLength(fact.payload) + Buffer.byteLength(fact.headers);
    if (full.has(fact.topic) || (used.has(fact.topic) && bytes > bytesPerTopic)) {
      full.add(fact.topic);
      return [];
    }
    used.set(fact.topic, bytes);
    return [toSend(fact)];
  });
  const there = Number(found[0]?.there ?? 0);
  return { facts, more: there === limit || facts.length < there };
}

function toSend({ afterRemoval, headers, waitedMs, there: _there, ...fact }: FoundFact): OutboxFact {
  const told = afterRemoval === null ? {} : { ce_afterremoval: afterRemoval };
  return {
    ...fact,
    headers: afterRemoval === null ? headers : JSON.stringify({ ...JSON.parse(headers), ...told }),
    waitedMs: Number(waitedMs),
  };
}

/** The facts are with the broker, or held; the transaction ends with it. */
export async function forgetLast(tx: Tx, facts: readonly OutboxFact[]): Promise<void> {
  await lastRows(tx, 'delete from outbox where position = any($1::bigint[])', [facts.map(({ position }) => position)]);
}
