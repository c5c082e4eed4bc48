import { chainIdOf, keys } from '@throughline/contracts';
import { Databases } from '../../journeys/databases.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { manyChains } from '../many-chains.ts';
import { inPairs, timesOf } from '../pairs.ts';

const repository = 'git.shop.example/shop/till';
const few = 10_000;

export const chainRead: Bench = {
  name: 'chain-read',
  decides: 'whether chains may be walked over keys at every read, without stored edges',
  peer: `the same questions while the log held ${few} facts`,
  async run({ short, rounds, environment }) {
    const facts = short ? 100_000 : 1_000_000;
    const platform = await ServiceProcesses.start({ services: ['chain'], environment });
    const databases = new Databases(platform.infra);
    try {
      const reader = new ChainReader(platform);
      const small: Sample[][] = [];
      const questions: readonly (readonly [string, () => Promise<Sample>])[] = [
        ['one chain', () => reader.time((number) => `/api/v1/chains/${chainIdOf(repository, commitOf(number))}`, few)],
        ['why of an alert', () => reader.time((number) => `/api/v1/alerts/alert-${number}/why`, few)],
        ['the newest fifty', () => reader.time(() => '/api/v1/chains?limit=50', few)],
      ];
      await manyChains(databases, { repository, from: 0, facts: few });
      for (const [, ask] of questions) await ask();
      for (const [, ask] of questions) small.push(await repeated(rounds, ask));
      await manyChains(databases, { repository, from: few, facts: facts - few });
      const rows: Row[] = [];
      for (const [index, [of, ask]] of questions.entries()) {
        const before = small[index]!.values();
        rows.push(...(await inPairs(rounds, { of: `${of}, ${facts} facts`, ours: ask, peer: () => before.next().value! })));
      }
      return rows;
    } finally {
      await platform.stop();
    }
  },
};

async function repeated(rounds: number, ask: () => Promise<Sample>): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) samples.push(await ask());
  return samples;
}

function commitOf(number: number): string {
  return number.toString(16).padStart(40, '0');
}

/** Asks the chain service about one of the first chains, each time another. */
class ChainReader {
  private asked = 0;

  constructor(private readonly platform: ServiceProcesses) {}

  async time(path: (number: number) => string, facts: number): Promise<Sample> {
    const caller = this.platform.caller('chain');
    const times: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      this.asked = (this.asked + 7) % Math.floor(facts / 10);
      const before = process.hrtime.bigint();
      const { status } = await caller.call('GET', path(this.asked));
      times.push(Number(process.hrtime.bigint() - before) / 1e6);
      if (status !== 200) throw new Error(`${path(this.asked)} was answered ${status}; its key is ${keys.alert(`alert-${this.asked}`)}`);
    }
    return timesOf(times);
  }
}
