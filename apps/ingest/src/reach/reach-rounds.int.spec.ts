import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Source, SourceReach } from '@throughline/contracts';
import type { RunningService } from '@throughline/service';
import { eventually } from '@throughline/testing';
import { AppUnderTest } from '../fixtures/app-under-test.ts';
import { ReachRounds } from './reach-rounds.ts';

const under = new AppUnderTest();

beforeAll(() => under.start(), 300_000);
beforeEach(() => under.fresh());
afterAll(() => under.stop());

const soon = (check: () => Promise<void>): Promise<void> => eventually(check, 20_000);
const tick = (of: RunningService = under.ingest): Promise<void> => of.get(ReachRounds).tick();

const reach = async ({ id }: Source): Promise<SourceReach | undefined> =>
  (await under.door.call<Source>('GET', `/api/v1/sources/${id}`)).body.reach;

/** How often it was asked what the installation may see. */
const looks = (): number => under.github.requests.filter(({ path }) => path === `/app/installations/${under.installed.id}`).length;
const overdue = ({ id }: Source) =>
  under.rows(`update reach_round set next_at = now() - interval '1 minute' where source_id = $1 returning 1`, [id]);

async function settled({ id }: Source): Promise<void> {
  const sql = `select 1 from work where kind in ('look-at-reach', 'find-installations') and payload::json ->> 'source' = $1 and state <> 'dead'`;
  await soon(async () => expect(await under.rows(sql, [id])).toEqual([]));
}

describe('an App of which nobody told anything', () => {
  it('is found where it is installed, with what it was given, renamed and lost meanwhile', async () => {
    const source = await under.connected('shop', 'site');
    expect(await reach(source)).toBeUndefined();
    await tick();
    await settled(source);
    expect(await reach(source)).toMatchObject({ installations: [{ state: 'active', given: 2 }], resting: 0 });
    under.installed.rename('shop', 'store');
    under.installed.take('site');
    under.installed.give('bank');
    await overdue(source);

    await tick();

    await settled(source);
    expect(await reach(source)).toMatchObject({
      installations: [
        { installation: String(under.installed.id), account: under.installed.account, state: 'active', given: 2, connected: true },
      ],
      repositories: [{ repository: `github.com/${under.installed.account}/site`, reason: 'not_given' }],
    });
    expect(await under.watched(source)).toEqual({ shop: 'store', site: 'site', bank: 'bank' });
  }, 60_000);

  it('is known to be removed when it is, though its host lists it no more', async () => {
    const source = await under.connected('shop');
    await tick();
    await settled(source);
    under.installed.state = 'removed';
    await overdue(source);

    await tick();

    await settled(source);
    expect((await reach(source))?.installations).toMatchObject([{ state: 'removed', given: 0 }]);
    await overdue(source);
    const before = looks();
    await tick();
    await settled(source);
    expect(looks()).toBe(before);
  }, 60_000);

  it('is looked at where it is known while its host does not list it', async () => {
    const source = await under.connected('shop');
    await tick();
    await settled(source);
    under.installed.give('site');
    under.github.answer = ({ path, method }) =>
      path.startsWith('/app/installations?') ? { status: 403 } : under.installed.answer(path, method);
    await overdue(source);

    await tick();

    await settled(source);
    expect(Object.keys(await under.watched(source)).sort()).toEqual(['shop', 'site']);
  }, 60_000);
});

describe('the rounds', () => {
  it('come about once an hour, however often the clock ticks', async () => {
    const source = await under.connected('shop');
    await tick();
    await settled(source);
    const before = looks();

    for (let times = 0; times < 5; times++) await tick();

    await settled(source);
    expect([before, looks()]).toEqual([1, 1]);
    const sql = 'select extract(epoch from next_at - now())::float8 / 60 as minutes from reach_round where source_id = $1';
    const [{ minutes }] = (await under.rows<{ minutes: number }>(sql, [source.id])) as [{ minutes: number }];
    expect(minutes > 53 && minutes < 66.1).toBe(true);
  }, 60_000);

  it('are those of one replica', async () => {
    const other = await under.begin();
    const source = await under.connected('shop');

    await Promise.all([tick(), tick(other), tick(), tick(other), tick(), tick(other)]);

    await settled(source);
    await other.close();
    expect(looks()).toBe(1);
  }, 60_000);

  it('begin with what is overdue when the service starts', async () => {
    const source = await under.connected('shop');
    await tick();
    await settled(source);
    under.installed.give('site');
    await overdue(source);

    const other = await under.begin({ RECONCILE_SECONDS: '600' });

    await soon(async () => expect(Object.keys(await under.watched(source)).sort()).toEqual(['shop', 'site']));
    await other.close();
  }, 60_000);

  it('end with the App', async () => {
    const source = await under.connected('shop');
    await tick();
    await settled(source);

    await under.door.call('DELETE', `/api/v1/sources/${source.id}/app`);

    expect(await under.rows('select 1 from reach_round where source_id = $1', [source.id])).toEqual([]);
    const before = looks();
    await tick();
    await settled(source);
    expect(looks()).toBe(before);
  }, 60_000);
});
