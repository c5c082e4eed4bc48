import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page, RepositoryIdentity, Source, WebhookDelivery } from '@throughline/contracts';
import { eventually, SignedCaller } from '@throughline/testing';
import { AppUnderTest } from '../fixtures/app-under-test.ts';

const under = new AppUnderTest();
const nothing = '0'.repeat(40);

beforeAll(() => under.start(), 300_000);
beforeEach(() => under.fresh());
afterAll(() => under.stop());

const soon = (check: () => Promise<void>): Promise<void> => eventually(check, 20_000);

async function deliveryOf(id: string): Promise<WebhookDelivery> {
  return (await under.door.call<WebhookDelivery>('GET', `/api/v1/deliveries/${id}`)).body;
}

/** What is still being done because of deliveries of a source. */
async function open({ id }: Source): Promise<number> {
  const sql = `select 1 from work where (kind = 'look-at-reach' and payload::json ->> 'source' = $1)
    or (kind = 'check-push' and (payload::json ->> 'delivery')::uuid in (select delivery.id from delivery where source_id::text = $1))`;
  return (await under.rows(sql, [id])).length;
}

describe('a push that comes before it is known that its repository was renamed', () => {
  it('waits until the host was asked, and is told of the repository that it always was', async () => {
    const source = await under.connected('shop');
    under.installed.rename('shop', 'store');
    const after = under.branch('store', 'topic');

    const receipt = await under.push(source, { name: 'store', id: 1, before: nothing, after });

    expect(receipt).toMatchObject({ facts: 0, ignored: expect.stringContaining('renamed; the origin is asked') });
    await soon(async () => expect(await under.told('shop')).toEqual(['topic']));
    expect(await under.watched(source)).toEqual({ shop: 'store' });
    expect(await deliveryOf(receipt.deliveryId)).toMatchObject({ status: 'accepted' });
    const second = under.branch('store', 'second');
    expect(await under.push(source, { name: 'store', id: 1, before: nothing, after: second, branch: 'second' })).toMatchObject({
      facts: 1,
    });
    await soon(async () => expect(await under.told('shop')).toEqual(['second', 'topic']));
    expect(await under.told('store')).toEqual([]);
  }, 60_000);

  it('comes to the same in any order with what GitHub tells of the name, repeated, and at once', async () => {
    const branches = ['a', 'b', 'c', 'd'];
    const push = (source: Source, branch: string, after: string) =>
      under.push(source, { name: 'store', id: 1, before: nothing, after, branch });
    const orders: ((source: Source, after: string) => Promise<unknown>)[] = [
      (source, after) => Promise.all(branches.map((branch) => push(source, branch, after))),
      async (source, after) => {
        await under.renamed(source, 'shop', 'store');
        for (const branch of branches) await push(source, branch, after);
        await under.renamed(source, 'shop', 'store');
      },
      async (source, after) => {
        for (const branch of branches) await push(source, branch, after);
        await under.renamed(source, 'shop', 'store');
      },
      (source, after) =>
        Promise.all([
          under.renamed(source, 'shop', 'store'),
          ...branches.map((branch) => push(source, branch, after)),
          under.renamed(source, 'shop', 'store'),
          ...branches.map((branch) => push(source, branch, after)),
        ]),
    ];
    for (const order of orders) {
      under.fresh();
      const source = await under.connected('shop');
      under.installed.rename('shop', 'store');
      const [after] = branches.map((branch) => under.branch('store', branch));

      await order(source, after!);

      await soon(async () => expect([await open(source), await under.told('shop')]).toEqual([0, branches]));
      expect([await under.watched(source), await under.told('store')]).toEqual([{ shop: 'store' }, []]);
    }
  }, 120_000);

  it('comes to the same when two processes are told at once', async () => {
    const other = await under.begin();
    const doors = [under.door, new SignedCaller(other, under.platform)];
    for (let round = 0; round < 5; round++) {
      under.fresh();
      const source = await under.connected('shop');
      under.installed.rename('shop', 'store');
      const branches = ['a', 'b', 'c', 'd', 'e', 'f'];
      const [after] = branches.map((branch) => under.branch('store', branch));

      await Promise.all(
        branches.flatMap((branch) =>
          doors.map((door) => under.push(source, { name: 'store', id: 1, before: nothing, after: after!, branch }, door)),
        ),
      );

      await soon(async () => expect([await open(source), await under.told('shop')]).toEqual([0, branches]));
      expect([await under.watched(source), await under.told('store')]).toEqual([{ shop: 'store' }, []]);
    }
    await other.close();
  }, 120_000);

  it('may be of a name that its repository has left already', async () => {
    const source = await under.connected('shop');
    under.installed.rename('shop', 'store');
    under.installed.rename('store', 'mall');
    const after = under.branch('mall', 'topic');

    await under.push(source, { name: 'store', id: 1, before: nothing, after });
    await under.push(source, { name: 'shop', id: 1, before: nothing, after, branch: 'trunk' });

    await soon(async () => expect([await open(source), await under.told('shop')]).toEqual([0, ['topic']]));
    expect([await under.watched(source), await under.told('store')]).toEqual([{ shop: 'mall' }, []]);
  }, 60_000);

  it('makes nothing known while the host does not say who that is', async () => {
    // Asked for again after this test, when another one must not answer for it.
    under.fresh(9000);
    const source = await under.connected('shop');
    under.installed.rename('shop', 'store');
    const after = under.branch('store', 'topic');
    under.github.answer = ({ path, method }) => (path === '/repositories/9001' ? { status: 503 } : under.installed.answer(path, method));

    const asked = () => under.github.requests.filter(({ path }) => path === '/repositories/9001').length;
    const before = asked();

    const { deliveryId } = await under.push(source, { name: 'store', id: 9001, before: nothing, after });

    await soon(async () => expect(asked()).toBeGreaterThan(before));
    expect([await under.watched(source), (await deliveryOf(deliveryId)).status]).toEqual([{ shop: 'shop' }, 'checking']);
    under.fresh();
  }, 60_000);

  it('is replayed as what it is', async () => {
    const source = await under.connected('shop');
    under.installed.rename('shop', 'store');
    const after = under.branch('store', 'topic');
    const { deliveryId } = await under.push(source, { name: 'store', id: 1, before: nothing, after });
    await soon(async () => expect(await open(source)).toBe(0));

    await under.door.call('POST', `/api/v1/deliveries/${deliveryId}/replay`);

    await soon(async () => expect([await open(source), (await deliveryOf(deliveryId)).facts?.length]).toEqual([0, 1]));
    expect([await under.told('shop'), await under.watched(source)]).toEqual([['topic'], { shop: 'store' }]);
  }, 60_000);
});

describe('another repository under a name that one had', () => {
  it.each([['before'], ['after']])(
    'is not taken for it, %s it is known that the name was given up',
    async (when) => {
      const source = await under.connected('shop');
      under.installed.rename('shop', 'store');
      if (when === 'after') {
        await under.renamed(source, 'shop', 'store');
        await soon(async () => expect([await open(source), await under.watched(source)]).toEqual([0, { shop: 'store' }]));
      }
      under.installed.give('shop');
      const after = under.branch('shop', 'topic');

      const { facts, ignored, deliveryId } = await under.push(source, { name: 'shop', id: 2, before: nothing, after });

      expect([facts, ignored]).toEqual([0, expect.stringContaining('is another repository at its host')]);
      expect(await deliveryOf(deliveryId)).toMatchObject({ status: 'refused' });
      const own = under.branch('store', 'own');
      await under.push(source, { name: 'store', id: 1, before: nothing, after: own, branch: 'own' });
      await soon(async () => expect([await open(source), await under.told('shop')]).toEqual([0, ['own']]));
      expect(await under.watched(source)).toEqual({ shop: 'store' });
    },
    60_000,
  );

  it('is not what the App was given either', async () => {
    const source = await under.connected('shop');
    await under.say(source, 'installation', { action: 'created' });
    await soon(async () => expect(await open(source)).toBe(0));
    under.installed.remake('shop');

    await under.say(source, 'installation_repositories', { action: 'added', repositories_added: [] });

    await soon(async () => expect(await open(source)).toBe(0));
    const sql = 'select host_id, rest from repository where source_id = $1 and full_name = $2';
    expect(await under.rows(sql, [source.id, `${under.installed.account}/shop`])).toEqual([{ host_id: '1', rest: 'not_given' }]);
  }, 60_000);
});

describe('an organisation that is connected again', () => {
  it('makes nothing of what has another name only', async () => {
    const source = await under.connected('shop');
    under.installed.rename('shop', 'store');

    await under.door.call('POST', `/api/v1/sources/${source.id}/connect`, { body: { organisation: under.installed.account } });

    expect(Object.keys(await under.watched(source))).toEqual(['shop']);
  }, 30_000);

  it('forgets ids when the source has another address', async () => {
    const source = await under.connected('shop');

    await under.door.call('PATCH', `/api/v1/sources/${source.id}`, { body: { settings: { apiUrl: 'https://elsewhere.example' } } });

    const { body } = await under.door.call<Page<object>>('GET', `/api/v1/repositories?source=${source.id}`);
    expect(body.items).toHaveLength(1);
    expect(await under.rows('select 1 from repository where source_id = $1 and host_id is not null', [source.id])).toEqual([]);
  }, 30_000);
});

describe('who a repository is', () => {
  const identify = async (name: string, hostId?: string) => {
    const gateway = new SignedCaller(under.ingest, under.platform, 'gateway');
    const body = { repository: `https://github.com/${under.installed.account}/${name}.git`, ...(hostId === undefined ? {} : { hostId }) };
    return gateway.call<RepositoryIdentity>('POST', '/internal/repositories/identify', { body, asService: true });
  };

  it('is known by its id under any name, and a name that another one has is not its own', async () => {
    under.fresh(5000);
    const source = await under.connected('shop', 'site');
    under.installed.rename('shop', 'store');
    const [shop, store] = ['shop', 'store'].map((name) => `github.com/${under.installed.account}/${name}`);
    expect((await identify('store', '5001')).body).toEqual({ repository: shop, certain: true, names: [shop] });
    await under.renamed(source, 'shop', 'store', 5001);
    await soon(async () => expect(await under.watched(source)).toMatchObject({ shop: 'store' }));

    const [first, now, unsure] = [await identify('shop', '5001'), await identify('store', '5001'), await identify('store')];
    const [taken, unknown] = [await identify('shop', '7'), await identify('other', '7')];

    const known = { repository: shop, certain: true, names: [shop, store] };
    expect([first.body, now.body, unsure.body]).toEqual([known, known, { repository: shop, certain: false, names: [] }]);
    expect(taken).toMatchObject({ status: 409, body: { code: 'name_taken' } });
    expect(unknown.body).toEqual({ repository: `github.com/${under.installed.account}/other`, certain: false, names: [] });
  }, 60_000);
});
