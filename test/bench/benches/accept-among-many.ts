import { Databases } from '../../journeys/databases.ts';
import type { Bench, Sample } from '../bench.ts';
import { Hooked } from '../hooked.ts';
import { cpuMsOf, load } from '../http-load.ts';
import { ManyDeliveries } from '../many-deliveries.ts';
import { inPairs, timesOf } from '../pairs.ts';

const connections = 64;

export const acceptAmongMany: Bench = {
  name: 'accept-among-many',
  decides: 'whether deliveries may be kept where they are recognised, or intake grows slower with what it has taken in',
  peer: 'the same process with hardly any delivery: both sets of tables lie in one database, and take turns',
  bars: [{ of: 'deliveries', metric: 'accepted/s', least: 0.9, ratio: true }],
  async run({ short, rounds, environment }) {
    const hooked = await Hooked.start(environment);
    try {
      const kept = short ? 1_000_000 : 10_000_000;
      const count = short ? 2_000 : 8_000;
      for (let warmed = 0; warmed < 3; warmed += 1) await accepted(hooked, count);
      const many = await ManyDeliveries.make(new Databases(hooked.infra), hooked.source, kept);
      const among = async (): Promise<Sample> => {
        await many.swap();
        const sample = await accepted(hooked, count);
        await many.swap();
        return sample;
      };
      await among();
      return await inPairs(rounds, {
        of: `${connections} connections, ${kept.toLocaleString('en')} deliveries`,
        ours: among,
        peer: () => accepted(hooked, count),
      });
    } finally {
      await hooked.stop();
    }
  },
};

/** The next round finds nothing left to be published. */
async function accepted(hooked: Hooked, count: number): Promise<Sample> {
  const [url, requests] = [hooked.url('ingest'), hooked.signedPushes(count)];
  const before = await cpuMsOf(url);
  const { latencies, seconds } = await load(url, connections, requests, 202);
  const cpu = (await cpuMsOf(url)) - before;
  await hooked.emptied();
  return { ...timesOf(latencies), 'accepted/s': latencies.length / seconds, 'CPU ms each': cpu / latencies.length };
}
