import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import type { ScmClient, Verdict } from '../client.ts';
import type { ScmFact } from '../provider.ts';
import { bitbucket } from './bitbucket.ts';
import { keyOf } from './status.ts';

const commit = 'b'.repeat(40);
let api: HttpReceiver;

beforeEach(async () => {
  api = await httpReceiver();
});

afterEach(() => api.close());

const at = (path: string): ScmClient =>
  bitbucket.connect({ apiUrl: `${api.origin}${path}`, authorization: bitbucket.authorization('t0ken', 'api') });
const bodyOf = (index = 0): Record<string, string> => JSON.parse(api.requests[index]!.body) as Record<string, string>;
const states: [Verdict, string][] = [
  ['pending', 'INPROGRESS'],
  ['pass', 'SUCCESSFUL'],
  ['warn', 'SUCCESSFUL'],
  ['deny', 'FAILED'],
  ['undecided', 'FAILED'],
];

describe('a build status of Bitbucket Cloud', () => {
  it.each(states)('says %s as %s', async (verdict, state) => {
    await at('/2.0').setStatus('acme/shop', commit, { verdict, context: 'throughline', text: 'words', url: 'https://t.example/d/1' });

    expect(api.requests).toMatchObject([
      { method: 'POST', path: `/2.0/repositories/acme/shop/commit/${commit}/statuses/build`, headers: { authorization: 'Bearer t0ken' } },
    ]);
    expect(bodyOf()).toEqual({ key: 'throughline', state, name: 'throughline', description: 'words', url: 'https://t.example/d/1' });
  });

  it('leads to the commit when there is nothing else to lead to: an address is asked for', async () => {
    await at('/2.0').setStatus('acme/shop', commit, { verdict: 'pass', context: 'throughline', text: '' });

    expect(bodyOf()['url']).toBe(`https://bitbucket.org/acme/shop/commits/${commit}`);
  });

  it('has a key of at most forty characters that stays, and that two long names do not share', () => {
    const [a, b] = [keyOf(`${'x'.repeat(60)} a`), keyOf(`${'x'.repeat(60)} b`)];

    expect([a.length, keyOf('throughline')]).toEqual([40, 'throughline']);
    expect(a).not.toBe(b);
    expect(keyOf(`${'x'.repeat(60)} a`)).toBe(a);
  });
});

describe('a build status of Bitbucket Data Center', () => {
  it.each(states)('says %s as %s', async (verdict, state) => {
    await at('/rest').setStatus('ACME/shop', commit, { verdict, context: 'throughline', text: 'words' });

    expect(api.requests[0]!.path).toBe(`/rest/api/latest/projects/ACME/repos/shop/commits/${commit}/builds`);
    expect(bodyOf()).toMatchObject({ key: 'throughline', state, url: `${api.origin}/projects/ACME/repos/shop/commits/${commit}` });
  });

  it('goes to the older place where the newer one is not there', async () => {
    api.answer = ({ path }) => ({ status: path.includes('/builds') ? 404 : 204 });

    await at('/rest').setStatus('ACME/shop', commit, { verdict: 'deny', context: 'throughline', text: 'words' });

    expect(api.requests.map(({ path }) => path)).toEqual([
      `/rest/api/latest/projects/ACME/repos/shop/commits/${commit}/builds`,
      `/rest/build-status/1.0/commits/${commit}`,
    ]);
    expect(bodyOf(1)).toMatchObject({ state: 'FAILED' });
  });
});

it.each([
  ['/2.0', { target: { hash: commit } }, '/2.0/repositories/acme/shop/refs/branches/a/b'],
  ['/rest', { values: [{ id: commit }] }, '/rest/api/latest/projects/acme/repos/shop/commits?until=refs%2Fheads%2Fa%2Fb&limit=1'],
])('resolves the head of a branch below %s', async (path, answer, asked) => {
  api.answer = () => ({ status: 200, body: JSON.stringify(answer) });

  await expect(at(path).head('acme/shop', 'refs/heads/a/b')).resolves.toBe(commit);
  await expect(at(path).head('acme/shop', 'refs/heads/../x')).resolves.toBeUndefined();
  await expect(at(path).head('acme/..', 'refs/heads/main')).rejects.toMatchObject({ code: 'scm_call_failed' });
  expect(api.requests.map((request) => request.path)).toEqual([asked]);
});

describe('what Bitbucket Cloud cut short', () => {
  const head = 'c'.repeat(40);
  const merged: ScmFact = {
    type: 'change.merged',
    fields: { repository: 'r', source: 's', number: 7, commit: 'c'.repeat(12), baseRef: 'refs/heads/main', mergedBy: 'eve' },
  };
  const confirm = (): Promise<readonly ScmFact[]> => bitbucket.confirm!({ apiUrl: `${api.origin}/2.0` }, 'acme/shop', [merged]);

  it('is asked for in full', async () => {
    api.answer = () => ({ status: 200, body: JSON.stringify({ hash: head }) });

    expect(await confirm()).toMatchObject([{ fields: { commit: head, mergedBy: 'eve' } }]);
    expect(api.requests[0]!.path).toBe('/2.0/repositories/acme/shop/commit/cccccccccccc');
  });

  it('is found among the commits of its request when it lies in a fork', async () => {
    api.answer = ({ path }) =>
      path.includes('/pullrequests/7/commits')
        ? { status: 200, body: JSON.stringify({ values: [{ hash: 'd'.repeat(40) }, { hash: head }] }) }
        : { status: 404 };

    expect(await confirm()).toMatchObject([{ fields: { commit: head } }]);
  });

  it.each([
    ['the server does not know it', { status: 404 }],
    ['the server answers with another commit', { status: 200, body: JSON.stringify({ hash: commit }) }],
  ])('is left out when %s', async (_what, answer) => {
    api.answer = () => answer;

    expect(await confirm()).toEqual([]);
  });
});

it.each([
  ['an access token', 't0ken', 'Bearer t0ken', 'x-token-auth:t0ken'],
  ['an API token with the mail address of its owner', 'a@b.example:t0ken', 'a@b.example:t0ken', 'x-bitbucket-api-token-auth:t0ken'],
  ['a token with the name of its owner', 'ada:t0ken', 'ada:t0ken', 'ada:t0ken'],
])('opens the API and git with %s', (_what, token, api, clone) => {
  const basic = (pair: string): string => (pair.startsWith('Bearer') ? pair : `Basic ${Buffer.from(pair).toString('base64')}`);

  expect([bitbucket.authorization(token, 'api'), bitbucket.authorization(token, 'clone')]).toEqual([basic(api), basic(clone)]);
});
