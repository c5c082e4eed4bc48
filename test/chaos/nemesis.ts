import { setTimeout as sleep } from 'node:timers/promises';
import { Missed, type Fault, type FaultOptions, type Victim } from './fault.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';

/** A fault and how long its lane waits before it. */
export interface Planned {
  readonly fault: Fault;
  readonly afterMs: number;
}

/**
 * Rounds: in each every kill once, and its share of all other faults, in an order of its own. Each of those comes once before
 * any comes again, and in many rounds about twice.
 */
export function planOf(
  random: Random,
  rounds: number,
  given: { readonly kills: readonly Fault[]; readonly others: readonly Fault[] },
): Planned[] {
  const share = rounds === 1 ? given.others.length : Math.ceil((given.others.length * 2) / rounds);
  let left: Fault[] = [];
  const take = (): Fault[] => {
    if (left.length < share) left = [...left, ...random.shuffled(given.others)];
    return left.splice(0, share);
  };
  return Array.from({ length: rounds }, () => random.shuffled([...given.kills, ...take()]))
    .flat()
    .map((fault) => ({ fault, afterMs: random.between(0, 2_000) }));
}

export interface Struck {
  readonly fault: Fault;
  readonly error?: string;
}

/** Strikes as planned, some at a time, but never the same victim twice at once. */
export class Nemesis {
  readonly struck: Struck[] = [];
  private readonly held = new Map<Victim, Promise<void>>();

  constructor(
    private readonly stage: Stage,
    private readonly options: FaultOptions,
  ) {}

  /** Ends when the plan is done or time is over; what has begun ends. */
  async strike(plan: readonly Planned[], lanes: number, until: number): Promise<void> {
    const left = [...plan];
    const lane = async (): Promise<void> => {
      for (let next = left.shift(); next && performance.now() < until; next = left.shift()) {
        await sleep(next.afterMs);
        await this.alone(next.fault, () => this.one(next.fault));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** All victims are taken at once, so that two faults never wait for each other. */
  private async alone(fault: Fault, work: () => Promise<void>): Promise<void> {
    const former = fault.victims.flatMap((victim) => this.held.get(victim) ?? []);
    const { promise: mine, resolve: release } = Promise.withResolvers<void>();
    for (const victim of fault.victims) this.held.set(victim, mine);
    await Promise.all(former);
    await work().finally(release);
  }

  private async one(fault: Fault): Promise<void> {
    const { history } = this.stage;
    const noted = { process: 'nemesis', f: 'fault', value: fault.name, victims: fault.victims };
    history.note({ type: 'invoke', ...noted });
    const began = performance.now();
    const error = await fault.run(this.stage, this.options).then(
      () => undefined,
      (thrown: unknown) => `${thrown instanceof Missed ? 'missed: ' : ''}${String((thrown as Error).message).slice(0, 300)}`,
    );
    history.note({ type: error === undefined ? 'ok' : 'info', ...noted, ...(error !== undefined && { error }) });
    this.struck.push({ fault, ...(error !== undefined && { error }) });
    const took = `${((performance.now() - began) / 1_000).toFixed(1)} s`;
    process.stdout.write(`  ${fault.name} (${took})${error === undefined ? '' : `: ${error}`}\n`);
  }
}
