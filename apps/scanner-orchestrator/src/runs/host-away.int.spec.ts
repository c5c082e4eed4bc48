import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ChangePushed, make } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, type HttpReceiver, type Platform } from '@throughline/testing';
import { testTools } from '../fixtures/test-tools.ts';
import definition from '../service.ts';

const pushes = 8;
let platform: Platform;
let publisher: FactPublisher;
let service: RunningService;
let ingest: HttpReceiver;
let host: HttpReceiver;

beforeAll(async () => {
  const held = await infra();
  [ingest, host] = await Promise.all([httpReceiver(), httpReceiver()]);
  host.answer = () => ({ status: 503 });
  ingest.answer = ({ body }) => {
    const { repository } = JSON.parse(body) as { repository: string };
    return { status: 200, body: JSON.stringify({ provider: 'none', cloneUrl: `${host.origin}/${repository}.git` }) };
  };
  platform = await held.fresh(['scanner-orchestrator', 'ingest'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  publisher = new FactPublisher(held, platform);
  service = await runService(definition, {
    ...platform.environment('scanner-orchestrator'),
    ...{ TOOLS_DIR: await testTools(), INGEST_URL: ingest.origin, OUTBOUND_ALLOW: host.origin },
  });
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
  for (const fake of [ingest, host]) await fake?.close();
});

const rows = <R extends object>(sql: string): Promise<R[]> => service.get(Database).rows<R>(sql);

it('that is away is asked for by one push at a time, and all go on within seconds when it answers', async () => {
  const facts = Array.from({ length: pushes }, (_, index) =>
    make(ChangePushed, {
      repository: `git.example/test/r${index}`,
      ...{ ref: 'refs/heads/main', after: String(index + 1).padStart(40, '0'), defaultBranch: 'main' },
      ...{ forced: false, pusher: 'ada', commits: [] },
    }),
  );
  await publisher.publish(...facts.map((fact) => ({ fact, deliveryKey: fact.repository })));

  const waiting = "select waits_for, attempt::int, failures::int from work where kind = 'prepare' and waits_for is not null";
  await eventually(async () => expect(await rows(waiting)).toHaveLength(pushes - 1), 60_000);
  await eventually(async () => {
    const [asking] = await rows<{ attempt: number }>("select attempt::int from work where kind = 'prepare' and waits_for is null");
    expect(asking!.attempt).toBeGreaterThanOrEqual(3);
  }, 20_000);
  expect(await rows(waiting)).toEqual(Array.from({ length: pushes - 1 }, () => ({ waits_for: host.origin, attempt: 1, failures: 0 })));

  const back = performance.now();
  host.answer = () => ({ status: 404 });

  // It has no such repository, which is an answer: each push fails by itself now.
  await eventually(async () => {
    expect(await rows("select 1 from work where kind = 'prepare' and failures > 0")).toHaveLength(pushes);
  }, 15_000);
  expect(performance.now() - back).toBeLessThan(10_000);
}, 180_000);
