import type {
  Alert,
  CreatedSource,
  FindingAnswer,
  Notification,
  OrganisationConnected,
  Page,
  Source,
  WatchedRepository,
} from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { GitRepository } from '../../journeys/git-repository.ts';
import { vulnerableLock } from '../../journeys/shop.ts';
import { GiteaShop } from './gitea-shop.ts';

/** An organisation as people have it; 400 are as quick to connect, but slow to make. */
const count = Number(process.env['GITEA_REPOSITORIES'] ?? 60);
const atOnce = 4;
const leftOut = ['sandbox-1', 'sandbox-2'];
const names = Array.from({ length: count }, (_, index) => `r${String(index).padStart(3, '0')}`);
/** These have an old weakness each. */
const weak = names.slice(0, 3);
const wanted = { organisation: 'many', include: ['many/*'], exclude: ['many/sandbox-*'] };

let shop: GiteaShop;
let source: CreatedSource;

beforeAll(async () => {
  shop = await GiteaShop.open({}, []);
  await shop.made('orgs', { username: 'many' });
  await each([...names, ...leftOut], (name) =>
    shop.made('orgs/many/repos', { name, default_branch: 'main', private: true, auto_init: !weak.includes(name) }),
  );
  for (const name of weak) {
    const repository = new GitRepository(shop.platform.repositories, `many/${name}`);
    repository.commit('Open it', { ...vulnerableLock, 'README.md': `${name}\n` });
    shop.push(repository, 'main');
  }
  source = await shop.api.call<CreatedSource>('POST', 'sources', {
    ...{ kind: 'gitea', name: 'many', scope: { repositories: ['many/**'] } },
    settings: { baseUrl: shop.gitea.url, token: shop.token, hooks: true },
  });
}, 1_800_000);

afterAll(() => shop?.close(), 120_000);

async function each<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...all];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const connect = (): Promise<OrganisationConnected> => shop.api.call<OrganisationConnected>('POST', `sources/${source.id}/connect`, wanted);
const hooksOf = async (name: string): Promise<readonly { id: number; config: { url: string } }[]> =>
  (await shop.call('GET', `repos/many/${name}/hooks`)).body as { id: number; config: { url: string } }[];
const stateOf = async (): Promise<Source['hooks']> => (await shop.api.get<Source>(`sources/${source.id}`)).hooks;

async function listed(): Promise<readonly string[]> {
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page<WatchedRepository> = await shop.api.get(
      `repositories?source=${source.id}&limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    );
    found.push(...page.items.map(({ name }) => name));
    cursor = page.next;
  }
  return found.sort();
}

describe('an organisation on a real Gitea', () => {
  it('is connected by one call, within a minute', async () => {
    const began = performance.now();

    expect(await connect()).toMatchObject({ found: count + leftOut.length, connected: count, known: 0 });

    // A bound that users were promised, with much to spare; no measurement.
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(await listed()).toEqual(names.map((name) => `many/${name}`));
    expect(await connect()).toMatchObject({ connected: 0, known: count });
  }, 180_000);

  it('gets a webhook at each of its repositories', async () => {
    await eventually(async () => expect(await stateOf()).toEqual({ kept: count, waiting: 0, faults: [] }), 600_000);

    const found: string[] = [];
    await each(names, async (name) => found.push(...(await hooksOf(name)).map(({ config }) => config.url)));
    expect(found).toEqual(names.map(() => source.url));
  }, 900_000);

  it('is looked at in silence: what was there is known, and nobody hears of it', async () => {
    for (const name of weak) {
      const path = `findings?repository=${encodeURIComponent(`${shop.gitea.url}/many/${name}`)}`;
      await eventually(async () => expect((await shop.api.get<Page<FindingAnswer>>(path)).items.length).toBeGreaterThan(0), 600_000);
    }

    expect((await shop.api.get<Page<Alert>>('alerts')).items).toEqual([]);
    expect((await shop.api.get<Page<Notification>>('notifications')).items).toEqual([]);
  }, 2_000_000);

  it('gets a webhook back within five minutes that somebody took away', async () => {
    const name = names.at(-1)!;
    const [hook] = await hooksOf(name);
    expect(await shop.call('DELETE', `repos/many/${name}/hooks/${hook!.id}`)).toMatchObject({ status: 204 });

    await eventually(async () => expect(await hooksOf(name)).toHaveLength(1), 300_000);
  }, 400_000);

  it('hears in the first change request only of what that adds', async () => {
    const repository = new GitRepository(shop.platform.repositories, `many/${weak[0]!}`);
    const commit = repository.commit('Say more', { 'README.md': 'more\n' });
    shop.push(repository, 'words');
    await shop.made(`repos/${repository.name}/pulls`, { title: 'Say more', head: 'words', base: 'main' });

    expect((await shop.becomes(repository, commit, 'success')).description).toMatch(/^Passed: nothing in this change blocks\. \d+ older/);
    expect((await shop.api.get<Page<Alert>>('alerts')).items).toEqual([]);
  }, 600_000);
});
