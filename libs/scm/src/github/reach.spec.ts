import { generateKeyPairSync } from 'node:crypto';
import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { githubApps } from './apps.ts';
import { github } from './github.ts';

const site = { source: 's1', baseUrl: 'https://github.com' };
const sender = { login: 'octo', id: 1, type: 'User' };
/** As GitHub documents it; what is not read is left out. */
const installation = {
  id: 77,
  account: { login: 'acme', id: 5, type: 'Organization' },
  repository_selection: 'selected',
  app_id: 12,
  app_slug: 'throughline',
  target_id: 5,
  target_type: 'Organization',
  permissions: { metadata: 'read', contents: 'read' },
  events: ['push', 'repository'],
  suspended_at: null,
};
const short = (name: string, id: number): object => ({ id, node_id: 'R_x', name, full_name: `acme/${name}`, private: true });
const repository = {
  id: 9,
  name: 'shop',
  full_name: 'acme/shop',
  owner: { login: 'acme', id: 5 },
  html_url: 'https://github.com/acme/shop',
};

const reachOf = (event: string, payload: object): unknown => github.webhook.translate(event, { sender, ...payload }, site);

describe('what GitHub tells of the reach of an App', () => {
  it.each(['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'])(
    'of an installation that is %s is asked',
    (action) => {
      expect(reachOf('installation', { action, installation })).toEqual({
        ignored: `installation ${action}: GitHub is asked what the App may see of acme; the source says what came of it`,
        reach: { installation: '77', app: '12', account: 'acme', lost: [], deleted: [] },
      });
    },
  );

  it('names what is lost with an installation, and what was taken away from it', () => {
    const repositories = [short('shop', 9), { full_name: '../evil' }, short('site', 10), 7];

    expect(reachOf('installation', { action: 'deleted', installation, repositories })).toMatchObject({
      reach: { lost: ['acme/shop', 'acme/site'] },
    });
    expect(reachOf('installation', { action: 'created', installation, repositories })).toMatchObject({ reach: { lost: [] } });
    expect(
      reachOf('installation_repositories', {
        action: 'removed',
        installation,
        repository_selection: 'selected',
        repositories_added: [],
        repositories_removed: [short('shop', 9)],
      }),
    ).toMatchObject({ reach: { installation: '77', lost: ['acme/shop'], deleted: [] } });
  });

  it.each(['created', 'renamed', 'transferred', 'archived', 'unarchived', 'privatized', 'publicized'])(
    'of a repository that is %s is asked',
    (action) => {
      expect(reachOf('repository', { action, repository, installation: { id: 77, node_id: 'x' } })).toMatchObject({
        reach: { installation: '77', account: 'acme', lost: [], deleted: [] },
      });
    },
  );

  it.each([
    ['renamed', { repository: { name: { from: 'store' } } }, 'acme/store'],
    ['transferred', { owner: { from: { user: { login: 'octo' } } } }, 'octo/shop'],
    ['transferred', { owner: { from: { organization: { login: 'old' } } } }, 'old/shop'],
  ])('says what a repository was called that is %s', (action, changes, former) => {
    expect(reachOf('repository', { action, changes, repository, installation: { id: 77 } })).toMatchObject({
      reach: { renamed: { id: '9', former } },
    });
  });

  it('names a repository that was deleted', () => {
    expect(reachOf('repository', { action: 'deleted', repository, installation: { id: 77 } })).toMatchObject({
      reach: { deleted: ['acme/shop'] },
    });
  });

  it.each([
    ['installation', { action: 'hugged', installation }],
    ['installation', { installation }],
    ['installation_repositories', { action: ['added'], installation }],
    ['installation_repositories', { action: 'added', installation: { id: -1 } }],
    ['repository', { action: 'edited', repository, installation: { id: 77 } }],
    ['repository', { action: 'deleted', repository }],
    ['repository', null],
  ])('means nothing in %s %j, and is no error', (event, payload) => {
    expect(github.webhook.translate(event, payload, site)).toEqual({ ignored: expect.any(String) });
  });
});

describe('what an installation may see', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const app = { id: '12', key: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
  let api: HttpReceiver;
  let installed: { status: number; body: string };
  let pages: object[];

  beforeEach(async () => {
    installed = { status: 200, body: JSON.stringify(installation) };
    pages = [{ total_count: 1, repositories: [{ ...repository, archived: false }] }];
    api = await httpReceiver();
    api.answer = ({ method, path }) => {
      if (path === '/app/installations/77') return installed;
      if (method === 'POST') return { status: 201, body: '{"token":"ghs_1"}' };
      const page = Number(new URL(path, api.origin).searchParams.get('page'));
      return { status: 200, body: JSON.stringify(pages[page - 1]) };
    };
  });

  afterEach(() => api.close());

  const reach = (): Promise<unknown> => githubApps.reach({ apiUrl: api.origin }, app, '77');

  it('is what it was given, page by page, with ids that stay, by a token that reads names and no more', async () => {
    const of = (count: number, from: number): object[] =>
      Array.from({ length: count }, (_, index) => ({ id: from + index, full_name: `acme/r${from + index}`, archived: index === 0 }));
    pages = [{ total_count: 51, repositories: of(50, 1) }, { total_count: 51, repositories: of(1, 51) }]; // prettier-ignore

    const found = await reach();

    expect(found).toMatchObject({ state: 'active', account: 'acme', repositories: { length: 51 } });
    expect(found).toMatchObject({ repositories: expect.arrayContaining([{ id: '51', fullName: 'acme/r51', archived: true }]) });
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /app/installations/77',
      'POST /app/installations/77/access_tokens',
      'GET /installation/repositories?per_page=50&page=1',
      'GET /installation/repositories?per_page=50&page=2',
    ]);
    expect(JSON.parse(api.requests[1]!.body)).toEqual({ permissions: { metadata: 'read' } });
    expect(api.requests[2]!.headers['authorization']).toBe('Bearer ghs_1');
  });

  it('is nothing while it is suspended, and no token is made', async () => {
    installed = { status: 200, body: JSON.stringify({ ...installation, suspended_at: '2026-11-22T00:00:00Z' }) };

    await expect(reach()).resolves.toEqual({ state: 'suspended', account: 'acme' });
    expect(api.requests).toHaveLength(1);
  });

  it('is nothing when it is gone', async () => {
    installed = { status: 404, body: '{}' };

    await expect(reach()).resolves.toEqual({ state: 'removed' });
  });

  it.each([
    ['a list that is not whole', { total_count: 2, repositories: [repository] }, true],
    ['a repository without a name', { total_count: 1, repositories: [{ id: 9 }] }, false],
  ])('is not known from %s: what is missing would count as lost', async (_what, page, retryable) => {
    pages = [page];

    await expect(reach()).rejects.toMatchObject({ code: 'scm_call_failed', retryable });
  });
});

describe('where an App is installed', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const app = { id: '12', key: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
  let api: HttpReceiver;

  beforeEach(async () => {
    api = await httpReceiver();
  });

  afterEach(() => api.close());

  it('is read page by page, suspended or not', async () => {
    const pages: object[][] = [
      Array.from({ length: 50 }, (_, id) => ({ ...installation, id: id + 1 })),
      [{ ...installation, id: 51, suspended_at: '2026-11-22T00:00:00Z' }, { id: 52 }, 7 as never],
    ];
    api.answer = ({ path }) => {
      const page = Number(new URL(path, api.origin).searchParams.get('page'));
      return { status: 200, body: JSON.stringify(pages[page - 1]) };
    };

    const found = await githubApps.installations({ apiUrl: api.origin }, app);

    expect([found.length, found.at(-1)]).toEqual([51, { installation: '51', account: 'acme' }]);
    expect(api.requests.map(({ path }) => path)).toEqual([
      '/app/installations?per_page=50&page=1',
      '/app/installations?per_page=50&page=2',
    ]);
    expect(api.requests[0]!.headers['authorization']).toMatch(/^Bearer ey/);
  });

  it('is no list without end', async () => {
    const page = JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ ...installation, id: id + 1 })));
    api.answer = () => ({ status: 200, body: page });

    expect(await githubApps.installations({ apiUrl: api.origin }, app)).toHaveLength(1000);
  });
});
