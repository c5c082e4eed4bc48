import { repositoryId, type HeldRecordAnswer, type Page } from '@throughline/contracts';
import { eventually, infra } from '@throughline/testing';
import { site } from '../../journeys/api.ts';
import { PushedRepository } from '../../journeys/pushed-repository.ts';
import { Shop, vulnerableLock } from '../../journeys/shop.ts';
import { TransportedFacts } from '../../journeys/transported-facts.ts';
import { Toxiproxy, type Toxic } from './toxiproxy.ts';

let proxy: Toxiproxy;
let shop: Shop;
let till: PushedRepository;

beforeAll(async () => {
  proxy = await Toxiproxy.start(process.env['REAL_PART']!);
  const databaseHost = await proxy.open('postgres', new URL((await infra()).databaseUrl).host);
  shop = await Shop.open({ databaseHost: () => databaseHost });
  till = new PushedRepository(shop.platform.repositories, 'shop/till', shop.source, vulnerableLock);
  await till.push();
}, 600_000);

afterAll(async () => {
  await proxy?.heal();
  await shop?.close();
  await proxy?.stop();
}, 120_000);

const subjects = (): string[] => till.accepted.map((commit) => `${repositoryId(`${site}/shop/till.git`)}@${commit}`).sort();

/** Every acknowledged push was judged in the end. */
async function allJudged(): Promise<void> {
  const judged = await shop.databases.rows<{ subject: string }>(
    'policy-engine',
    `select s.repository || '@' || s.commit as subject from verdict v join subject s on s.id = v.subject_id where not v.provisional`,
  );
  expect(judged.map(({ subject }) => subject).sort()).toEqual(subjects());
}

describe('when the way to Postgres is disturbed', () => {
  it.each<[string, Toxic]>([
    ['slow: 150 ms each way', { type: 'latency', attributes: { latency: 150, jitter: 100 } }],
    ['in small pieces', { type: 'slicer', attributes: { average_size: 64, size_variation: 32, delay: 50 } }],
    ['cut after every 200 kB', { type: 'limit_data', attributes: { bytes: 200_000 } }],
  ])(
    '%s, a push is still judged, and none is lost',
    async (_how, toxic) => {
      await proxy.disturb('postgres', toxic);

      await till.push();
      await till.push();
      await proxy.heal();

      await eventually(allJudged, 240_000);
    },
    600_000,
  );

  it('is cut while pushes come in: what was acknowledged is judged once it is back', async () => {
    const pushes = [till.push(), till.push()];
    await proxy.enable('postgres', false);
    const meanwhile = till.push();
    await eventually(async () => {
      const ready = await fetch(`${shop.platform.url('ingest')}/readyz`, { signal: AbortSignal.timeout(5_000) });
      expect(ready.status).toBe(503);
    }, 60_000);

    await proxy.enable('postgres', true);

    await Promise.all([...pushes, meanwhile]);
    await eventually(allJudged, 240_000);
  }, 600_000);
});

describe('afterwards', () => {
  it('each acknowledged push is one change, and nothing is held', async () => {
    const facts = await TransportedFacts.read(shop.platform.infra, shop.platform.prefix);
    const held = await shop.api.get<Page<HeldRecordAnswer>>('held-records');

    expect(facts.of('change.pushed').map(({ body }) => body['after'])).toEqual(till.accepted);
    expect(till.accepted).toHaveLength(10);
    expect(held.items).toEqual([]);
  }, 120_000);
});
