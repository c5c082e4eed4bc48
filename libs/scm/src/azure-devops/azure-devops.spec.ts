import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import type { Verdict } from '../client.ts';
import type { ScmFact, Site, Translation } from '../provider.ts';
import { azureDevops } from './azure-devops.ts';

const { webhook } = azureDevops;
const site: Site = { source: 's1', baseUrl: 'https://dev.azure.com/acme' };
const id = (digit: string): string => digit.repeat(40);
const ada = { displayName: 'Ada', uniqueName: 'ada@acme.example' };
const repository = {
  id: 'f0234cc5-5891-4044-a45e-c1d9d4b33562',
  name: 'my shop',
  project: { name: 'The Project' },
  defaultBranch: 'refs/heads/main',
  remoteUrl: 'https://acme@dev.azure.com/acme/The%20Project/_git/my%20shop',
};
const push = (more: object = {}): Record<string, unknown> => ({
  id: 'n1',
  subscriptionId: 'b1',
  eventType: 'git.push',
  resource: {
    commits: [{ commitId: id('b'), author: { name: 'Ada', date: '2026-01-02T03:04:05Z' }, comment: 'feat: x\n\nwhy' }],
    refUpdates: [{ name: 'refs/heads/main', oldObjectId: id('a'), newObjectId: id('b') }],
    repository,
    pushedBy: ada,
    date: '2026-01-02T03:04:05.1234567Z',
    ...more,
  },
});
const request = (more: object = {}, words = 'Ada created a new pull request'): Record<string, unknown> => ({
  id: 'n2',
  eventType: 'git.pullrequest.updated',
  message: { text: words },
  resource: {
    repository,
    pullRequestId: 7,
    status: 'active',
    createdBy: ada,
    title: 'Add a thing',
    sourceRefName: 'refs/heads/topic',
    targetRefName: 'refs/heads/main',
    lastMergeSourceCommit: { commitId: id('c') },
    lastMergeTargetCommit: { commitId: id('a') },
    lastMergeCommit: { commitId: id('e') },
    reviewers: [{ displayName: 'Bob', uniqueName: 'bob@acme.example', vote: 10 }],
    ...more,
  },
});
const translate = (event: string, payload: object): Translation => webhook.translate(event, payload, site);

describe('a service hook of Azure DevOps', () => {
  const basic = (pair: string): object => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
  const verify = (headers: object): number | undefined => webhook.verify(headers as never, Buffer.from('{}'), ['k1', 'k2:x'], 0);

  it('is believed by the password of Basic, whatever the name, or by its own header', () => {
    expect([verify(basic('any:k1')), verify(basic(':k2:x')), verify({ 'x-webhook-token': 'k2:x' })]).toEqual([0, 1, 1]);
  });

  it.each([
    ['nothing', {}],
    ['another password', basic('any:k')],
    ['the secret as name', basic('k1:')],
    ['a pair without a colon', basic('k1')],
    ['Basic that is no base64', { authorization: 'Basic ???' }],
    ['a bearer token', { authorization: 'Bearer k1' }],
    ['a wrong header beside the right password', { ...basic('any:k1'), 'x-webhook-token': 'x' }],
    ['two headers', { 'x-webhook-token': ['k1', 'k1'] }],
  ])('is not believed with %s', (_what, headers) => {
    expect(verify(headers)).toBeUndefined();
  });

  it('is known again by its id within its subscription, which only the body tells', () => {
    expect(webhook.arrival({}, push())).toEqual({ event: 'git.push', deliveryId: 'b1:n1' });
    expect(webhook.arrival({}, request())).toEqual({ event: 'git.pullrequest.updated', deliveryId: 'n2' });
    for (const foreign of [{}, { ref: 'refs/heads/main' }, { id: 7, eventType: 'git.push' }, null]) {
      expect(() => webhook.arrival({ 'x-github-event': 'push' }, foreign)).toThrow(expect.objectContaining({ code: 'another_provider' }));
    }
  });

  it('that is a test says so, and what we have no use for is ignored with a reason', () => {
    expect(translate('git.push', { ...push(), subscriptionId: '00000000-0000-0000-0000-000000000000' })).toEqual({
      ignored: expect.stringContaining('test'),
    });
    expect(translate('build.complete', {})).toEqual({ ignored: 'event "build.complete" is not used' });
  });

  it.each([
    ['https://dev.azure.com/acme/The%20Project/_git/my%20shop', 'https://dev.azure.com/acme'],
    ['https://acme@dev.azure.com/acme/The%20Project/_git/my%20shop', 'https://dev.azure.com/acme'],
    ['https://acme.visualstudio.com/DefaultCollection/The%20Project/_git/my%20shop', 'https://acme.visualstudio.com/DefaultCollection'],
    ['https://tfs.example/tfs/Collection/The%20Project/_git/my%20shop', 'https://tfs.example/tfs/Collection'],
    ['file:///The%20Project/_git/my%20shop', undefined],
  ])('tells with %s that it lies below %s', (remoteUrl, base) => {
    expect(webhook.siteOf(push({ repository: { ...repository, remoteUrl } }))).toBe(base);
  });

  it('tells its address also where a project is called like its repository', () => {
    const told = { name: 'shop', project: { name: 'Shop' }, remoteUrl: 'https://dev.azure.com/acme/_git/shop' };

    expect(webhook.siteOf(push({ repository: told }))).toBe('https://dev.azure.com/acme');
    expect(translate('git.push', push({ repository: told }))).toMatchObject({ repository: { id: 'dev.azure.com/acme/shop/_git/shop' } });
  });

  it.each([
    ['the older host', 'https://acme.visualstudio.com/The%20Project/_git/my%20shop'],
    ['the older host and its collection', 'https://acme.visualstudio.com/DefaultCollection/The%20Project/_git/my%20shop'],
  ])('is the same repository under %s', (_what, remoteUrl) => {
    expect(translate('git.push', push({ repository: { ...repository, remoteUrl } }))).toHaveProperty('facts');
  });

  it.each(['https://dev.azure.com/evil/The%20Project/_git/my%20shop', 'https://evil.visualstudio.com/The%20Project/_git/my%20shop'])(
    'is refused from %s',
    (remoteUrl) => {
      expect(() => translate('git.push', push({ repository: { ...repository, remoteUrl } }))).toThrow(
        expect.objectContaining({ code: 'foreign_origin' }),
      );
    },
  );

  it.each(['a/b', '..', 'x\u0000', ''])('is refused with the name %j', (name) => {
    expect(() => translate('git.push', push({ repository: { ...repository, name, remoteUrl: undefined } }))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });
});

describe('what Azure DevOps says', () => {
  it('of a push: a fact for each branch that is there afterwards, to be looked at', () => {
    const refUpdates = [
      { name: 'refs/heads/main', oldObjectId: id('a'), newObjectId: id('b') },
      { name: 'refs/heads/old', oldObjectId: id('a'), newObjectId: id('0') },
      { name: 'refs/heads/new', oldObjectId: id('0'), newObjectId: id('b') },
    ];

    expect(translate('git.push', push({ refUpdates }))).toMatchObject({
      unsure: true,
      saidAt: '2026-01-02T03:04:05.123Z',
      repository: {
        id: 'dev.azure.com/acme/the project/_git/my shop',
        fullName: 'The Project/my shop',
        url: 'https://dev.azure.com/acme/The%20Project/_git/my%20shop',
      },
      facts: [
        { fields: { ref: 'refs/heads/main', before: id('a'), after: id('b') } },
        { fields: { ref: 'refs/heads/new', after: id('b') } },
      ],
    });
    expect(translate('git.push', push())).toMatchObject({ facts: [{ fields: { commits: [{ title: 'feat: x', author: 'Ada' }] } }] });
  });

  it('of an open pull request', () => {
    expect(translate('git.pullrequest.created', request())).toMatchObject({
      unsure: true,
      facts: [
        {
          type: 'change.proposed',
          fields: {
            number: 7,
            author: 'ada@acme.example',
            head: id('c'),
            headRef: 'refs/heads/topic',
            base: id('a'),
            fork: false,
            url: 'https://dev.azure.com/acme/The%20Project/_git/my%20shop/pullrequest/7',
          },
        },
      ],
    });
  });

  it.each([
    ['Bob approved pull request 7', 10, 'approved'],
    ['Bob approved and left suggestions on pull request 7', 5, 'approved'],
    ['Bob is waiting for the author of pull request 7', -5, 'changes_requested'],
    ['Bob rejected pull request 7', -10, 'changes_requested'],
    ['Bob reset their vote on pull request 7', 0, 'dismissed'],
  ])('of a vote: %s', (words, vote, state) => {
    const reviewers = [{ displayName: 'Bob', uniqueName: 'bob@acme.example', vote }];

    expect(translate('git.pullrequest.updated', request({ reviewers }, words))).toMatchObject({
      facts: [{ type: 'change.reviewed', fields: { reviewer: 'bob@acme.example', commit: id('c'), state } }],
    });
  });

  it('of an update that is no vote, though a vote is there: that one may be about an older head', () => {
    const words = 'Ada updated the source branch of pull request 7';

    expect(translate('git.pullrequest.updated', request({}, words))).toMatchObject({ facts: [{ type: 'change.proposed' }] });
  });

  it('of a merge only when it was made: one that was tried is told by the same event', () => {
    const done = request({ status: 'completed', closedBy: ada });

    expect(translate('git.pullrequest.merged', done)).toMatchObject({
      facts: [
        { type: 'change.merged', fields: { commit: id('e'), head: id('c'), baseRef: 'refs/heads/main', mergedBy: 'ada@acme.example' } },
      ],
    });
    expect(translate('git.pullrequest.merged', request())).toMatchObject({ facts: [{ type: 'change.proposed' }] });
  });

  it('of its end without a merge', () => {
    expect(translate('git.pullrequest.updated', request({ status: 'abandoned', closedBy: ada }))).toMatchObject({
      facts: [{ type: 'change.abandoned', fields: { number: 7, closedBy: 'ada@acme.example' } }],
      unsure: true,
    });
  });
});

describe('the server of Azure DevOps', () => {
  let api: HttpReceiver;

  beforeEach(async () => {
    api = await httpReceiver();
  });

  afterEach(() => api.close());

  it.each<[Verdict, string]>([
    ['pending', 'pending'],
    ['pass', 'succeeded'],
    ['warn', 'succeeded'],
    ['deny', 'failed'],
    ['undecided', 'error'],
  ])('is told %s as %s', async (verdict, state) => {
    const client = azureDevops.connect({ apiUrl: `${api.origin}/acme`, authorization: azureDevops.authorization('pat', 'api') });

    await client.setStatus('The Project/my shop', id('b'), { verdict, context: 'throughline', text: 'words', url: 'https://t.example' });

    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      path: `/acme/The%20Project/_apis/git/repositories/my%20shop/commits/${id('b')}/statuses?api-version=7.1`,
      headers: { authorization: `Basic ${Buffer.from(':pat').toString('base64')}` },
    });
    expect(JSON.parse(api.requests[0]!.body)).toEqual({
      state,
      description: 'words',
      context: { name: 'throughline', genre: 'security' },
      targetUrl: 'https://t.example',
    });
  });

  it('is told the same of the open pull requests with that head: policies look at nothing else', async () => {
    const value = [
      { pullRequestId: 7, lastMergeSourceCommit: { commitId: id('b') } },
      { pullRequestId: 8, lastMergeSourceCommit: { commitId: id('c') } },
    ];
    api.answer = () => ({ status: 200, body: JSON.stringify({ value }) });

    const status = { verdict: 'undecided', context: 'throughline', text: 'words' } as const;
    await azureDevops.connect({ apiUrl: api.origin }).setStatus('p/r', id('b'), status);

    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /p/_apis/git/repositories/r/commits/${id('b')}/statuses?api-version=7.1`,
      'GET /p/_apis/git/repositories/r/pullrequests?api-version=7.1&searchCriteria.status=active&%24top=500',
      'POST /p/_apis/git/repositories/r/pullrequests/7/statuses?api-version=7.1',
    ]);
    expect(JSON.parse(api.requests[2]!.body)).toMatchObject({ state: 'error', context: { name: 'throughline' } });
  });

  it('tells the head of a branch, and of a tag the commit', async () => {
    const value = [
      { name: 'refs/heads/main2', objectId: id('d') },
      { name: 'refs/heads/main', objectId: id('b') },
      { name: 'refs/tags/v1', objectId: id('d'), peeledObjectId: id('b') },
    ];
    api.answer = () => ({ status: 200, body: JSON.stringify({ value }) });
    const client = azureDevops.connect({ apiUrl: api.origin });

    expect(await client.head('p/r', 'refs/heads/main')).toBe(id('b'));
    expect(await client.head('p/r', 'refs/tags/v1')).toBe(id('b'));
    expect(await client.head('p/r', 'refs/heads/gone')).toBeUndefined();
  });

  const factOf = (payload: Record<string, unknown>): ScmFact =>
    (translate(payload['eventType'] as string, payload) as Extract<Translation, { facts: unknown }>).facts[0]!;
  const confirmed = async (payload: Record<string, unknown>, server: object | undefined): Promise<readonly ScmFact[]> => {
    api.answer = () => (server ? { status: 200, body: JSON.stringify(server) } : { status: 404 });
    return azureDevops.confirm!({ apiUrl: api.origin }, 'The Project/my shop', [factOf(payload)]);
  };
  const resourceOf = (payload: Record<string, unknown>): object => payload['resource'] as object;

  it('bears out a push whose commit it has, and says who brought it', async () => {
    expect(await confirmed(push(), { commitId: id('b'), push: { pushedBy: { uniqueName: 'carol@acme.example' } } })).toMatchObject([
      { fields: { after: id('b'), pusher: 'carol@acme.example' } },
    ]);
    expect(await confirmed(push(), undefined)).toEqual([]);
    expect(await confirmed(push(), { commitId: id('d') })).toEqual([]);
  });

  it('bears out a proposal by its own words', async () => {
    const now = { ...resourceOf(request()), title: 'What it really says', targetRefName: 'refs/heads/release' };

    expect(await confirmed(request(), now)).toMatchObject([{ fields: { title: 'What it really says', baseRef: 'refs/heads/release' } }]);
    expect(await confirmed(request(), { ...now, lastMergeSourceCommit: { commitId: id('d') } })).toEqual([]);
    expect(await confirmed(request(), undefined)).toEqual([]);
  });

  it('does not bear out an approval that nobody gave, nor an end that was not made', async () => {
    const approved = request({}, 'Bob approved pull request 7');
    const merged = request({ status: 'completed' });
    const asked = { ...resourceOf(request()), reviewers: [{ displayName: 'Bob', uniqueName: 'bob@acme.example', vote: 0 }] };

    expect(await confirmed(approved, resourceOf(approved))).toHaveLength(1);
    expect(await confirmed(approved, asked)).toEqual([]);
    expect(await confirmed(approved, { ...asked, reviewers: [] })).toEqual([]);
    expect(await confirmed(merged, { ...resourceOf(request()), status: 'completed' })).toHaveLength(1);
    expect(await confirmed(merged, resourceOf(request()))).toEqual([]);
    const abandoned = request({ status: 'abandoned' });
    expect(await confirmed(abandoned, resourceOf(abandoned))).toHaveLength(1);
    expect(await confirmed(abandoned, resourceOf(request()))).toEqual([]);
  });
});
