import { randomBytes } from 'node:crypto';
import type { CreatedSource } from '@throughline/contracts';
import { eventually, type SignedCaller } from '@throughline/testing';
import { pushRequest, site } from '../../journeys/api.ts';
import { Databases } from '../../journeys/databases.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import { BareServer } from '../bare-server/bare-server.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { load, cpuMsOf, type Prepared } from '../http-load.ts';
import { inPairs, timesOf } from '../pairs.ts';

/** More than there are connections, one after the other: each push begins where the one before it ended. */
const repositories = 200;
const commitsOfAPush = 60;
const cases = [
  { connections: 1, count: 1_200 },
  { connections: 16, count: 8_000 },
  { connections: 64, count: 8_000 },
];

export const webhookAccept: Bench = {
  name: 'webhook-accept',
  decides: 'whether webhooks are accepted by shared commits, and whether one ingest is enough',
  peer: 'fastify and pg: the same signature checked, one row committed per request, nothing published',
  async run({ short, rounds, environment }) {
    const platform = await ServiceProcesses.start({ services: ['ingest'], environment });
    const bare = await BareServer.start(platform.infra.databaseUrl);
    try {
      const caller = platform.caller('ingest');
      const { body: source } = await caller.call<CreatedSource>('POST', '/api/v1/sources', {
        body: { kind: 'gitea', name: 'bench', scope: { repositories: ['shop/**'] }, settings: { baseUrl: site } },
      });
      const [branches, bareBranches] = [new Branches(), new Branches()];
      const database = new Databases(platform.infra);
      const ours = async (connections: number, count: number): Promise<Sample> => {
        const pushes = await Promise.all(
          Array.from({ length: count }, () => signedPush(caller, branches.push(`/hooks/${source.id}`, source.secret))),
        );
        const sample = await accepted(platform.url('ingest'), connections, pushes);
        await eventually(() => emptied(database), 120_000);
        return sample;
      };
      const peer = (connections: number, count: number): Promise<Sample> =>
        accepted(
          bare.url,
          connections,
          Array.from({ length: count }, () => bareBranches.push('/hook', bare.secret)),
        );
      await ours(16, short ? 400 : 2_000);
      await peer(16, short ? 400 : 2_000);
      const rows: Row[] = [];
      for (const { connections, count } of cases) {
        const requests = short ? count / 8 : count;
        const of = `${connections} connection${connections > 1 ? 's' : ''}`;
        rows.push(...(await inPairs(rounds, { of, ours: () => ours(connections, requests), peer: () => peer(connections, requests) })));
      }
      return rows;
    } finally {
      await bare.stop();
      await platform.stop();
    }
  },
};

/** Where the branches of the repositories are. */
class Branches {
  private readonly heads = new Map<string, string>();
  private made = 0;

  /** A push of some 6 KB to the next repository, as none was before. */
  push(path: string, secret: string): Prepared {
    const after = randomBytes(20).toString('hex');
    const repository = `shop/r${this.made++ % repositories}`;
    const before = this.heads.get(repository);
    this.heads.set(repository, after);
    return { path, ...pushRequest(secret, { repository, after, commits: commitsOfAPush, ...(before && { before }) }) };
  }
}

/** The same with what the gateway puts on it. */
async function signedPush(caller: SignedCaller, prepared: Prepared): Promise<Prepared> {
  const authorization = await caller.authorization('POST', prepared.path, Buffer.from(prepared.body));
  return { ...prepared, headers: { ...prepared.headers, authorization } };
}

async function accepted(url: string, connections: number, requests: readonly Prepared[]): Promise<Sample> {
  const cpu = await cpuMsOf(url);
  const { latencies, seconds } = await load(url, connections, requests, 202);
  const used = (await cpuMsOf(url)) - cpu;
  return { ...timesOf(latencies), 'accepted/s': latencies.length / seconds, 'CPU ms each': used / latencies.length };
}

/** The next round finds nothing left to be published. */
async function emptied(database: Databases): Promise<void> {
  const [left] = await database.rows<{ count: number }>('ingest', 'select count(*)::int as count from outbox');
  if (left!.count > 0) throw new Error(`${left!.count} facts are still in the outbox`);
}
