import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreatedSource, ServiceName } from '@throughline/contracts';
import { pushRequest, site } from '../../journeys/api.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import type { Bench, Sample } from '../bench.ts';
import { DecisionListener } from '../decision-listener.ts';
import { load, metricsOf } from '../http-load.ts';
import { inPairs } from '../pairs.ts';
import { ToldPushes } from '../told-push.ts';

const services: readonly ServiceName[] = ['ingest', 'ledger', 'policy-engine'];
/** A commit of a push has some 100 bytes: a body just below what GitHub sends at most. */
const commitsOfAPush = 200_000;
const findings = 5_000;

export const eventLoop: Bench = {
  name: 'event-loop',
  decides: 'what has to leave the main thread: nothing synchronous over 20 ms may stay there',
  peer: 'the same processes with nothing to do',
  bars: [{ of: '', metric: 'p99 ms', most: 20 }],
  async run({ short, rounds, environment }) {
    const platform = await ServiceProcesses.start({ services, environment });
    const listener = await DecisionListener.open(platform.infra, platform.prefix);
    try {
      const caller = platform.caller('ingest');
      const { body: source } = await caller.call<CreatedSource>('POST', '/api/v1/sources', {
        body: { kind: 'gitea', name: 'bench', scope: { repositories: ['shop/**'] }, settings: { baseUrl: site } },
      });
      const told = new ToldPushes(platform);
      await listener.decided(await told.tell('shop/warm', 20));
      const webhook = async (): Promise<void> => {
        const path = `/hooks/${source.id}`;
        const push = pushRequest(source.secret, {
          repository: 'shop/big',
          after: randomBytes(20).toString('hex'),
          commits: commitsOfAPush,
        });
        const authorization = caller.authorization('POST', path, Buffer.from(push.body));
        await load(platform.url('ingest'), 1, [{ path, body: push.body, headers: { ...push.headers, authorization } }], 202);
      };
      const judgement = async (): Promise<void> => void (await listener.decided(await told.tell('shop/large', findings)));
      await webhook();
      const quiet = (of: readonly ServiceName[]) => () => during(platform, of, () => sleep(short ? 1_000 : 5_000));
      return [
        ...(await inPairs(rounds, {
          of: 'a webhook of 20 MB: ingest',
          ours: () => during(platform, ['ingest'], webhook),
          peer: quiet(['ingest']),
        })),
        ...(await inPairs(rounds, {
          of: `a report of ${findings} findings until its judgement: ledger and policy-engine`,
          ours: () => during(platform, ['ledger', 'policy-engine'], judgement),
          peer: quiet(['ledger', 'policy-engine']),
        })),
      ];
    } finally {
      await listener.close();
      await platform.stop();
    }
  },
};

/** The worst of the services' delays since they were asked last. */
async function during(platform: ServiceProcesses, of: readonly ServiceName[], work: () => Promise<unknown>): Promise<Sample> {
  const asked = (): Promise<((name: string) => number)[]> => Promise.all(of.map((name) => metricsOf(platform.url(name))));
  // Each answer tells of the time since the one before.
  await asked();
  await work();
  const told = await asked();
  const worst = (name: string): number => Math.max(...told.map((metric) => metric(name))) * 1000;
  return { 'p99 ms': worst('nodejs_eventloop_lag_p99_seconds'), 'max ms': worst('nodejs_eventloop_lag_max_seconds') };
}
