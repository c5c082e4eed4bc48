import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import type { ChangeRequests } from './client.ts';
import { findScmProvider } from './registry.ts';

const wanted = { branch: 'throughline/fix', base: 'main', title: 'Fix it', text: 'Because.' };

/** One host: where its API is, where its requests are, one of them as it answers it, and what makes, words and ends one. */
const hosts = [
  {
    kind: 'bitbucket',
    path: '/2.0',
    place: '/2.0/repositories/acme/shop/pullrequests',
    made: { id: 7, links: { html: { href: 'https://bitbucket.org/acme/shop/pull-requests/7' } } },
    list: (one: object[]) => ({ values: one }),
    url: () => 'https://bitbucket.org/acme/shop/pull-requests/7',
    opens: { title: 'Fix it', description: 'Because.', source: { branch: { name: 'throughline/fix' } } },
    words: 'PUT /7',
    ends: 'POST /7/decline',
  },
  {
    kind: 'bitbucket',
    path: '/rest',
    place: '/rest/api/latest/projects/acme/repos/shop/pull-requests',
    made: { id: 7, version: 3, state: 'OPEN', toRef: { id: 'refs/heads/main' }, reviewers: [{ user: { name: 'ada' } }] },
    list: (one: object[]) => ({ values: one }),
    url: (origin: string) => `${origin}/projects/acme/repos/shop/pull-requests/7`,
    opens: { title: 'Fix it', description: 'Because.', fromRef: { id: 'refs/heads/throughline/fix' }, toRef: { id: 'refs/heads/main' } },
    words: 'PUT /7',
    ends: 'POST /7/decline?version=3',
  },
  {
    kind: 'azure-devops',
    path: '/org',
    place: '/org/acme/_apis/git/repositories/shop/pullrequests',
    made: { pullRequestId: 7, status: 'active' },
    list: (one: object[]) => ({ value: one }),
    url: (origin: string) => `${origin}/org/acme/_git/shop/pullrequest/7`,
    opens: { title: 'Fix it', description: 'Because.', sourceRefName: 'refs/heads/throughline/fix', targetRefName: 'refs/heads/main' },
    words: 'PATCH /7?api-version=7.1',
    ends: 'PATCH /7?api-version=7.1',
  },
];

describe.each(hosts.map((host) => [`${host.kind} ${host.path}`, host] as const))('change requests of our own at %s', (_name, host) => {
  let api: HttpReceiver;
  let requests: ChangeRequests;

  beforeEach(async () => {
    api = await httpReceiver();
    requests = findScmProvider(host.kind)!.connect({ apiUrl: `${api.origin}${host.path}` }).changeRequests!;
  });

  afterEach(() => api.close());

  /** The host has these; it answers what is asked of one with that one. */
  const holds = (...open: object[]): void => {
    api.answer = ({ method, path }) => {
      const listed = method === 'GET' && path.split('?')[0] === host.place;
      return { status: 200, body: JSON.stringify(listed ? host.list(open) : host.made) };
    };
  };
  const writes = (): string[] =>
    api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.replace(host.place, '')}`);

  it('are opened once', async () => {
    holds();
    expect(await requests.open('acme/shop', wanted)).toEqual({ number: 7, url: host.url(api.origin) });
    expect(JSON.parse(api.requests.at(-1)!.body)).toMatchObject(host.opens);

    holds(host.made);
    expect(await requests.open('acme/shop', wanted)).toEqual({ number: 7, url: host.url(api.origin) });
    expect(writes()).toHaveLength(1);
  });

  it('are worded anew and ended', async () => {
    holds(host.made);

    await requests.describe('acme/shop', 7, { title: 'Fixed', text: 'More.' });
    await requests.close('acme/shop', 7);

    expect(writes()).toEqual([host.words, host.ends]);
    expect(JSON.parse(api.requests.find(({ method }) => method !== 'GET')!.body)).toMatchObject({ title: 'Fixed', description: 'More.' });
  });

  it('stay as they are when they are over', async () => {
    api.answer = ({ method }) =>
      method === 'GET'
        ? { status: 200, body: JSON.stringify({ ...host.made, state: 'MERGED', status: 'completed' }) }
        : { status: 400, body: JSON.stringify({ error: { message: 'This pull request is already closed.' } }) };

    await requests.close('acme/shop', 7);

    expect(writes().length).toBe(host.path === '/2.0' ? 1 : 0);
  });

  it('are asked of no place that is no repository', async () => {
    await expect(requests.open('acme/..', wanted)).rejects.toMatchObject({ code: 'scm_call_failed' });
    expect(api.requests).toEqual([]);
  });
});
