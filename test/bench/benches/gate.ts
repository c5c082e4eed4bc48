import type { GateAnswer } from '@throughline/contracts';
import { push, site } from '../../journeys/api.ts';
import { GitRepository } from '../../journeys/git-repository.ts';
import { Shop, vulnerableLock } from '../../journeys/shop.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { DecisionListener } from '../decision-listener.ts';
import { inPairs, timesOf } from '../pairs.ts';

const name = 'shop/till';

export const gate: Bench = {
  name: 'gate',
  decides: 'whether a pipeline may ask the gate in its critical path (p95 under 2 s on what is known)',
  peer: 'GET /api/v1/me through the same door: what the door itself costs',
  bars: [{ of: 'known commit', metric: 'p95 ms', most: 2_000 }],
  async run({ short, rounds, environment }) {
    const shop = await Shop.open({ environment });
    const listener = await DecisionListener.open(shop.platform.infra, shop.platform.prefix);
    try {
      const commit = new GitRepository(shop.platform.repositories, name).commit('Open the till', vulnerableLock);
      await push(shop.source, { repository: name, after: commit });
      await listener.decided(commit);
      const rows: Row[] = [];
      for (const callers of [1, 8]) {
        const count = short ? 60 : 1_000;
        const contest = {
          of: `a known commit, ${callers} caller${callers > 1 ? 's' : ''}`,
          ours: () => calls(callers, count, () => ask(shop, commit)),
          peer: () => calls(callers, count, () => shop.api.get('me')),
        };
        await contest.ours();
        await contest.peer();
        rows.push(...(await inPairs(rounds, contest)));
      }
      return rows;
    } finally {
      await listener.close();
      await shop.close();
    }
  },
};

async function ask(shop: Shop, commit: string): Promise<void> {
  const question = { gate: 'change', subject: { repository: `${site}/${name}.git`, commit } };
  const { decision } = await shop.api.call<GateAnswer>('POST', 'gate', question);
  if (decision === 'undecided') throw new Error('the gate does not know what it knew');
}

async function calls(callers: number, count: number, call: () => Promise<unknown>): Promise<Sample> {
  const times: number[] = [];
  const started = process.hrtime.bigint();
  const one = async (): Promise<void> => {
    while (times.length < count) {
      const before = process.hrtime.bigint();
      await call();
      times.push(Number(process.hrtime.bigint() - before) / 1e6);
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  return { ...timesOf(times), 'calls/s': times.length / (Number(process.hrtime.bigint() - started) / 1e9) };
}
