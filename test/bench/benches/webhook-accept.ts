import { BareServer } from '../bare-server/bare-server.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { cpuMsOf, load, type Prepared } from '../http-load.ts';
import { OrmServer } from '../orm-server/orm-server.ts';
import { GiteaPushes } from '../gitea-push.ts';
import { inPairs, timesOf } from '../pairs.ts';
import { Hooked } from '../hooked.ts';

const cases = [
  { connections: 1, count: 800 },
  { connections: 16, count: 4_000 },
  { connections: 64, count: 4_000 },
];

export const webhookAccept: Bench = {
  name: 'webhook-accept',
  decides: 'whether webhooks are accepted by shared commits, and what the gateway costs before ingest',
  peer: 'NestJS and TypeORM: signature checked, validated, a transaction of two rows for each request, traced; nothing published',
  bars: [
    { of: '64 connections, ingest alone', metric: 'accepted/s', least: 5, ratio: true },
    { of: '64 connections, ingest alone', metric: 'CPU ms each', most: 0.2, ratio: true },
  ],
  async run({ short, rounds, environment }) {
    const hooked = await Hooked.start(environment);
    const [orm, bare] = await Promise.all([
      OrmServer.start(hooked.infra.databaseUrl, hooked.traced),
      BareServer.start(hooked.infra.databaseUrl),
    ]);
    try {
      const [forOrm, forBare] = [new GiteaPushes('/hook', orm.secret), new GiteaPushes('/hook', bare.secret)];
      const sides = {
        gateway: (connections: number, count: number) => ours(hooked, connections, hooked.pushes(count)),
        ingest: (connections: number, count: number) => ours(hooked, connections, hooked.signedPushes(count)),
        orm: (connections: number, count: number) => accepted([orm.url], connections, forOrm.list(count)),
        bare: (connections: number, count: number) => accepted([bare.url], connections, forBare.list(count)),
      };
      for (const side of Object.values(sides)) await side(16, short ? 400 : 2_000);
      const rows: Row[] = [];
      const pair = async (name: 'gateway' | 'ingest', beside: 'orm' | 'bare', { connections, count }: (typeof cases)[0]): Promise<void> => {
        const requests = short ? count / 4 : count;
        const of = `${connections} connection${connections > 1 ? 's' : ''}, ${beside === 'bare' ? 'beside fastify and pg: ' : ''}${names[name]}`;
        const sample = (side: keyof typeof sides) => () => sides[side](connections, requests);
        rows.push(...(await inPairs(rounds, { of, ours: sample(name), peer: sample(beside) })));
      };
      for (const one of cases) {
        await pair('ingest', 'orm', one);
        await pair('gateway', 'orm', one);
      }
      await pair('ingest', 'bare', cases.at(-1)!);
      return rows;
    } finally {
      await Promise.all([orm.stop(), bare.stop()]);
      await hooked.stop();
    }
  },
};

const names = { ingest: 'ingest alone', gateway: 'gateway and ingest' };

/** The next round finds nothing left to be published. */
async function ours(hooked: Hooked, connections: number, requests: readonly Prepared[]): Promise<Sample> {
  const through = requests[0]!.headers['authorization'] ? ['ingest' as const] : (['gateway', 'ingest'] as const);
  const sample = await accepted(
    through.map((name) => hooked.url(name)),
    connections,
    requests,
  );
  await hooked.emptied();
  return sample;
}

/** The first of the processes is asked, and all of them work. */
async function accepted(urls: readonly string[], connections: number, requests: readonly Prepared[]): Promise<Sample> {
  const used = async (): Promise<number> => (await Promise.all(urls.map(cpuMsOf))).reduce((sum, ms) => sum + ms, 0);
  const before = await used();
  const { latencies, seconds } = await load(urls[0]!, connections, requests, 202);
  const cpu = (await used()) - before;
  return { ...timesOf(latencies), 'accepted/s': latencies.length / seconds, 'CPU ms each': cpu / latencies.length };
}
