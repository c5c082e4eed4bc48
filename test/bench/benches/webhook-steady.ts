import type { Bench, Row, Sample } from '../bench.ts';
import { GiteaPushes } from '../gitea-push.ts';
import { Hooked } from '../hooked.ts';
import { offered, type Prepared } from '../http-load.ts';
import { OrmServer } from '../orm-server/orm-server.ts';
import { inPairs, timesOf } from '../pairs.ts';

const rates = [100, 300];

export const webhookSteady: Bench = {
  name: 'webhook-steady',
  decides: 'whether a webhook is answered in time at a steady rate, by the public way through the gateway',
  peer: 'NestJS and TypeORM, as in webhook-accept, without a gateway before it',
  bars: [{ of: '100/s asked', metric: 'p99 ms', most: 50 }],
  async run({ short, rounds, environment }) {
    const hooked = await Hooked.start(environment);
    const orm = await OrmServer.start(hooked.infra.databaseUrl, hooked.traced);
    try {
      const forOrm = new GiteaPushes('/hook', orm.secret);
      const ours = async (rate: number, seconds: number): Promise<Sample> => {
        const sample = await answered(hooked.url('gateway'), rate, hooked.pushes(rate * seconds));
        await hooked.emptied();
        return sample;
      };
      const peer = (rate: number, seconds: number): Promise<Sample> => answered(orm.url, rate, forOrm.list(rate * seconds));
      for (const side of [ours, peer]) await side(rates[0]!, short ? 5 : 20);
      const rows: Row[] = [];
      for (const rate of rates) {
        const seconds = short ? 5 : 20;
        const of = `${rate}/s asked`;
        rows.push(...(await inPairs(rounds, { of, ours: () => ours(rate, seconds), peer: () => peer(rate, seconds) })));
      }
      return rows;
    } finally {
      await orm.stop();
      await hooked.stop();
    }
  },
};

async function answered(url: string, rate: number, requests: readonly Prepared[]): Promise<Sample> {
  const { latencies, seconds } = await offered(url, rate, requests, 202);
  return { ...timesOf(latencies), 'answered/s': latencies.length / seconds };
}
