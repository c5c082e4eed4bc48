import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultOptions } from './fault.ts';
import { Nemesis, planOf, type Struck } from './nemesis.ts';
import type { Pace } from './operations.ts';
import { Random } from './random.ts';
import { settled } from './settled.ts';
import type { Stage } from './stage.ts';
import { verdictOf, type Verdict } from './verdict/verdict.ts';
import { pushing, talking } from './workload.ts';

export interface Play extends FaultOptions {
  readonly seed: number;
  /** At least so many are asked for; more when the faults take longer. */
  readonly events: number;
  readonly rounds: number;
  /** No fault begins, and no event beyond `events` is asked for, after so long. */
  readonly withinMs: number;
  readonly kills: readonly Fault[];
  readonly others: readonly Fault[];
  /** Faults at a time. */
  readonly lanes: number;
  /** Small events a second, at most. */
  readonly perSecond: number;
  /** Repositories that people talk about, and such that developers push to. */
  readonly talks: number;
  readonly pushed: readonly string[];
  readonly pauseMs: number;
  readonly settleMs: number;
}

export interface Played {
  readonly struck: readonly Struck[];
  readonly verdict: Verdict;
}

/** Asks and strikes at the same time, waits until all is quiet, and compares. */
export async function play(stage: Stage, o: Play): Promise<Played> {
  const random = new Random(o.seed);
  const plan = planOf(random, o.rounds, o);
  const until = performance.now() + o.withinMs;
  const nemesis = new Nemesis(stage, o);
  let striking = true;
  const asked = (): number => stage.history.entries.reduce((sum, { type, f }) => sum + Number(type === 'invoke' && f !== 'fault'), 0);
  const goesOn = everySoOften(() => striking || (asked() < o.events && performance.now() < until));
  const pace: Pace = { history: stage.history, random, goesOn, due: beat(o.perSecond), pauseMs: o.pauseMs };
  const asking = [
    ...Array.from({ length: o.talks }, (_, index) => talking(stage, `talk-${index + 1}`, pace)),
    ...o.pushed.map((name) => pushing(stage, name, pace)),
  ];
  await nemesis.strike(plan, o.lanes, until).finally(() => (striking = false));
  await Promise.all(asking);
  process.stdout.write('waiting until nothing is on its way\n');
  await settled(stage, o.settleMs);
  return { struck: nemesis.struck, verdict: await verdictOf(stage) };
}

/** Counting is not free: the answer of a moment ago will do. */
function everySoOften(question: () => boolean): () => boolean {
  let asked = -Infinity;
  let answer = true;
  return () => {
    if (performance.now() - asked > 200) [asked, answer] = [performance.now(), question()];
    return answer;
  };
}

/** One turn after the other, so many a second; time that was lost in a fault is not caught up with. */
function beat(perSecond: number): () => Promise<void> {
  let next = performance.now();
  return async () => {
    const now = performance.now();
    next = Math.max(next + 1_000 / perSecond, now);
    if (next - now > 1) await sleep(next - now);
  };
}
