import type { BlastRadiusAnswer } from '@throughline/contracts';
import { eventually, osvRecord, type SignedCaller } from '@throughline/testing';
import { Databases } from '../../journeys/databases.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { manyComponents, type Portfolio } from '../many-components.ts';
import { clocked, inPairs, timesOf } from '../pairs.ts';

const million: Portfolio = { reports: 5_000, draws: 220, packages: 20_000 };
const twentyMillion: Portfolio = { reports: 20_000, draws: 1_150, packages: 200_000 };
const small: Portfolio = { reports: 2_000, draws: 220, packages: 20_000 };
/** Advisories of packages that are in a few places, each of another one. */
const typical = 100;
const openWithinMs = 20 * 60_000;

export const blastRadius: Bench = {
  name: 'blast-radius',
  decides: 'whether a new advisory may be matched with what is stored, in place of a scan',
  bars: [
    { of: '1 M: a typical package', metric: 'p99 ms', most: 100 },
    { of: '1 M: the most used package', metric: 'p95 ms', most: 1_000 },
    { of: '1 M: findings of the most used package', metric: 'seconds', most: 30 },
    { of: '20 M: the most used package', metric: 'p95 ms', most: 1_000 },
  ],
  async run({ short, rounds, environment }) {
    const sizes: readonly (readonly [string, Portfolio])[] = short
      ? [['400 k', small]]
      : [
          ['1 M', million],
          ['20 M', twentyMillion],
        ];
    const rows: Row[] = [];
    for (const [size, portfolio] of sizes) {
      const platform = await ServiceProcesses.start({ services: ['ledger'], environment });
      try {
        rows.push(...(await measured(platform, { size, portfolio, rounds })));
      } finally {
        await platform.stop();
      }
    }
    return rows;
  },
};

interface Size {
  readonly size: string;
  readonly portfolio: Portfolio;
  readonly rounds: number;
}

async function measured(platform: ServiceProcesses, { size, portfolio, rounds }: Size): Promise<Row[]> {
  const databases = new Databases(platform.infra);
  const advisories = new Advisories(platform.caller('ledger'), databases);
  const places = await manyComponents(databases, portfolio);
  for (let number = 1; number <= typical; number += 1) await advisories.tell(Math.floor((number / (typical + 1)) * portfolio.packages));
  await advisories.evaluated();
  const of = (what: string): string => `${size}: ${what}`;
  const rows = await inPairs(rounds, { of: of('a typical package'), ours: () => advisories.read([...advisories.told]) });
  const popular = await advisories.opened(1);
  rows.push(...(await inPairs(1, { of: of('findings of the most used package'), ours: () => Promise.resolve({ ...popular, places }) })));
  rows.push(
    ...(await inPairs(rounds, { of: of('the most used package'), ours: () => advisories.read(Array.from({ length: 20 }, () => idOf(1))) })),
  );
  return rows;
}

const idOf = (number: number): string => `GHSA-bench-${number}`;

/** Tells the ledger of advisories, and asks what they touch. */
class Advisories {
  readonly told: string[] = [];

  private readonly caller: SignedCaller;
  private readonly databases: Databases;

  constructor(caller: SignedCaller, databases: Databases) {
    this.caller = caller;
    this.databases = databases;
  }

  /** Of a package, by its number: four of its five versions are affected. */
  async tell(number: number): Promise<void> {
    const body = osvRecord(idOf(number), `package-${number}`, [{ introduced: '0' }, { fixed: '5.0.0' }]);
    const { status } = await this.caller.call('POST', '/api/v1/advisories', { body });
    if (status >= 300) throw new Error(`an advisory was answered ${status}`);
    this.told.push(idOf(number));
  }

  /** Nothing is left to be matched or evaluated. */
  async evaluated(): Promise<void> {
    await eventually(async () => {
      const [open] = await this.databases.rows<{ open: string }>('ledger', `select count(*) as open from work where kind <> 'feeds'`);
      if (Number(open!.open) > 0) throw new Error(`${open!.open} pieces of work are left`);
    }, openWithinMs);
  }

  /** From the advisory to the last finding. */
  async opened(number: number): Promise<Sample> {
    const { ms } = await clocked(async () => {
      await this.tell(number);
      await this.evaluated();
    });
    const [found] = await this.databases.rows<{ count: string }>(
      'ledger',
      `select count(*) from finding where advisory = '${idOf(number)}'`,
    );
    return { seconds: ms / 1000, findings: Number(found!.count) };
  }

  async read(ids: readonly string[]): Promise<Sample> {
    const times: number[] = [];
    for (const id of ids) {
      const { ms, result } = await clocked(() => this.caller.call<BlastRadiusAnswer>('GET', `/api/v1/advisories/${id}/blast-radius`));
      if (result.status !== 200) throw new Error(`the blast radius of ${id} was answered ${result.status}`);
      times.push(ms);
    }
    return timesOf(times);
  }
}
