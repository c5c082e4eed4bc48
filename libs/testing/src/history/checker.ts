import type { Entry } from './history.ts';

/** An effect that is there in the end. */
export interface Effect {
  readonly process: string;
  readonly value: string;
}

/** What does not agree; each list is empty when all is well. */
export interface Anomalies {
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly duplicated: readonly string[];
  /** There, and never asked for, or known to have failed. */
  readonly unexpected: readonly string[];
  /** There before what the same process had finished before it began it. */
  readonly inverted: readonly string[];
}

/** Compares what was asked with what is there in the end, of one kind of operation; effects in the order in which they happened. */
export function anomaliesOf(history: readonly Entry[], f: string, effects: readonly Effect[]): Anomalies {
  const own = history.filter((entry) => entry.f === f);
  const named = (type: Entry['type']): ReadonlySet<string> => new Set(own.filter((entry) => entry.type === type).map(({ value }) => value));
  const [invoked, acknowledged, unknown, failed] = [named('invoke'), named('ok'), named('info'), named('fail')];
  const there = effects.map(({ value }) => value);
  const present = new Set(there);
  // What failed once may have been repeated until it was acknowledged, or until nobody knows.
  const mayBeThere = (value: string): boolean =>
    invoked.has(value) && (!failed.has(value) || acknowledged.has(value) || unknown.has(value));
  return {
    lost: [...acknowledged].filter((value) => !present.has(value)),
    duplicated: repeatedIn(there),
    unexpected: [...present].filter((value) => !mayBeThere(value)),
    inverted: invertedIn(own, effects),
  };
}

/** Those that are there more than once. */
export function repeatedIn(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.has(value) || !seen.add(value)))];
}

/** Members of one list that the other does not have, or not as often, each with the name of the list that has more. */
export function differing(
  [first, inFirst]: readonly [string, readonly string[]],
  [second, inSecond]: readonly [string, readonly string[]],
): string[] {
  const counts = new Map<string, number>();
  for (const value of inFirst) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const value of inSecond) counts.set(value, (counts.get(value) ?? 0) - 1);
  const odd = [...counts].filter(([, count]) => count !== 0);
  return odd.map(([value, count]) => `${value}: ${Math.abs(count)} more in ${count > 0 ? first : second}`);
}

/** Pairs of one process of which the second was begun after the first was acknowledged, and happened before it. */
function invertedIn(own: readonly Entry[], effects: readonly Effect[]): string[] {
  const place = new Map<string, number>();
  for (const [index, { value }] of effects.entries()) if (!place.has(value)) place.set(value, index);
  return [...Map.groupBy(own, ({ process }) => process).values()].flatMap((entries) => {
    const inverted: string[] = [];
    let latest: { readonly value: string; readonly at: number } | undefined;
    for (const { type, value } of entries) {
      const at = place.get(value);
      if (type !== 'ok' || at === undefined) continue;
      if (latest && at < latest.at) inverted.push(`${value} before ${latest.value}`);
      if (!latest || at > latest.at) latest = { value, at };
    }
    return inverted;
  });
}

/** What a receiver outside got more than once, and may not have. */
export interface Outside {
  /** Kind of operation that a receipt is; its value is the key by which the receiver knows the message again. */
  readonly f: string;
  /** Whether the sender may have forgotten after this fault what it had sent. */
  readonly shakes: (fault: Entry) => boolean;
  /** How long after the receipt the sender may not have noted it yet. */
  readonly windowMs: number;
}

/**
 * Messages that were sent again although nothing kept the sender from noting that they had arrived: each repetition needs a
 * fault that was there within the window after the receipt before it.
 */
export function sentAgain(history: readonly Entry[], { f, shakes, windowMs }: Outside): string[] {
  const faults = spansOf(history.filter((entry) => entry.f === 'fault' && shakes(entry)));
  const receipts = Map.groupBy(
    history.filter((entry) => entry.f === f && entry.type === 'ok'),
    ({ value }) => value,
  );
  return [...receipts].flatMap(([key, got]) =>
    got.slice(1).flatMap(({ time }, index) => {
      const former = got[index]!.time;
      const excused = faults.some(({ from, to }) => from <= Math.min(former + windowMs, time) && to >= former);
      return excused ? [] : [`${key} after ${time - former} ms`];
    }),
  );
}

/** From the beginning of each fault to its end; one that has not ended lasts for ever. */
function spansOf(faults: readonly Entry[]): { readonly from: number; readonly to: number }[] {
  const open = new Map<string, number[]>();
  const spans: { from: number; to: number }[] = [];
  for (const { type, value, time } of faults) {
    const begun = open.get(value) ?? [];
    open.set(value, begun);
    if (type === 'invoke') begun.push(spans.push({ from: time, to: Infinity }) - 1);
    else spans[begun.shift()!]!.to = time;
  }
  return spans;
}
