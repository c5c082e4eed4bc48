import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import type { Comments } from './client.ts';
import { findScmProvider } from './registry.ts';

/** A comment as the fakes keep it; `us` wrote it, or `them`. */
interface Kept {
  readonly id: number;
  readonly author: 'us' | 'them';
  readonly text: string;
}

/** How a host answers, as its documentation shows it. */
interface Host {
  readonly kind: string;
  readonly api: string;
  readonly fullName: string;
  /** The beginning of the path under which the account of the token is told. */
  readonly account: string;
  readonly accountAnswer: { readonly body?: object; readonly headers?: Record<string, string> };
  readonly list: string;
  readonly listed: (comments: readonly Kept[]) => unknown;
  readonly made: unknown;
  readonly id: string;
  readonly one: string;
  readonly change: string;
  readonly sent: object;
  readonly changed: object;
}

const hosts: readonly Host[] = [
  {
    ...{ kind: 'github', api: '', fullName: 'acme/shop', account: '/user', accountAnswer: { body: { id: 1, login: 'us' } } },
    list: '/repos/acme/shop/issues/7/comments',
    listed: (all) => all.map(({ id, author, text }) => ({ id, body: text, user: { id: author === 'us' ? 1 : 2, login: author } })),
    ...{ made: { id: 5, body: 'words' }, id: '5', one: '/repos/acme/shop/issues/comments/5', change: 'PATCH' },
    ...{ sent: { body: 'words' }, changed: { body: 'words' } },
  },
  {
    ...{ kind: 'gitea', api: '/api/v1', fullName: 'acme/shop', account: '/api/v1/user', accountAnswer: { body: { id: 1 } } },
    list: '/api/v1/repos/acme/shop/issues/7/comments',
    listed: (all) => all.map(({ id, author, text }) => ({ id, body: text, user: { id: author === 'us' ? 1 : 2, login: author } })),
    ...{ made: { id: 5 }, id: '5', one: '/api/v1/repos/acme/shop/issues/comments/5', change: 'PATCH' },
    ...{ sent: { body: 'words' }, changed: { body: 'words' } },
  },
  {
    ...{ kind: 'gitlab', api: '/api/v4', fullName: 'acme/sub/shop', account: '/api/v4/user', accountAnswer: { body: { id: 1 } } },
    list: '/api/v4/projects/acme%2Fsub%2Fshop/merge_requests/7/notes',
    listed: (all) => all.map(({ id, author, text }) => ({ id, body: text, system: false, author: { id: author === 'us' ? 1 : 2 } })),
    ...{ made: { id: 5 }, id: '5', one: '/api/v4/projects/acme%2Fsub%2Fshop/merge_requests/7/notes/5', change: 'PUT' },
    ...{ sent: { body: 'words' }, changed: { body: 'words' } },
  },
  {
    ...{ kind: 'bitbucket', api: '/2.0', fullName: 'acme/shop', account: '/2.0/user', accountAnswer: { body: { uuid: '{us}' } } },
    list: '/2.0/repositories/acme/shop/pullrequests/7/comments',
    listed: (all) => ({
      values: all.map(({ id, author, text }) => ({ id, deleted: false, content: { raw: text }, user: { uuid: `{${author}}` } })),
    }),
    ...{ made: { id: 5 }, id: '5', one: '/2.0/repositories/acme/shop/pullrequests/7/comments/5', change: 'PUT' },
    ...{ sent: { content: { raw: 'words' } }, changed: { content: { raw: 'words' } } },
  },
  {
    ...{ kind: 'bitbucket', api: '/rest', fullName: 'ACME/shop' },
    account: '/rest/api/latest/application-properties',
    accountAnswer: { body: { version: '9.4' }, headers: { 'X-AUSERNAME': 'us' } },
    list: '/rest/api/latest/projects/ACME/repos/shop/pull-requests/7/activities',
    listed: (all) => ({
      isLastPage: true,
      values: [
        { id: 1, action: 'OPENED' },
        ...all.map(({ id, author, text }) => ({ action: 'COMMENTED', comment: { id, version: 3, text, author: { name: author } } })),
      ],
    }),
    ...{ made: { id: 5, version: 0 }, id: '5', change: 'PUT' },
    one: '/rest/api/latest/projects/ACME/repos/shop/pull-requests/7/comments/5',
    ...{ sent: { text: 'words' }, changed: { version: 3, text: 'words' } },
  },
  {
    ...{ kind: 'azure-devops', api: '', fullName: 'The Project/shop', account: '/_apis/connectionData' },
    accountAnswer: { body: { authenticatedUser: { id: 'us' } } },
    list: '/The%20Project/_apis/git/repositories/shop/pullRequests/7/threads',
    listed: (all) => ({
      value: all.map(({ id, author, text }) => ({ id: 40 + id, comments: [{ id, content: text, author: { id: author } }] })),
    }),
    ...{ made: { id: 45, comments: [{ id: 5 }] }, id: '45/5', change: 'PATCH' },
    one: '/The%20Project/_apis/git/repositories/shop/pullRequests/7/threads/45/comments/5',
    sent: { comments: [{ parentCommentId: 0, content: 'words', commentType: 1 }], status: 'closed' },
    changed: { content: 'words' },
  },
];

describe.each(hosts.map((host) => [`${host.kind} ${host.api}`, host] as const))('comments at %s', (_name, host) => {
  let api: HttpReceiver;
  let kept: readonly Kept[];
  let anonymous: boolean;
  let gone: boolean;

  beforeEach(async () => {
    [kept, anonymous, gone] = [[], false, false];
    api = await httpReceiver();
    api.answer = ({ method, path }) => {
      const place = path.split('?')[0]!;
      if (place === host.account) return { status: anonymous ? 403 : 200, body: '{}', ...(anonymous ? {} : answered(host.accountAnswer)) };
      if (place === host.list && method === 'GET') return { status: 200, body: JSON.stringify(host.listed(kept)) };
      if (gone) return { status: 404, body: '{}' };
      if (place === host.one) return { status: 200, body: JSON.stringify({ id: 5, version: 3 }) };
      return method === 'POST' ? { status: 201, body: JSON.stringify(host.made) } : { status: 500 };
    };
  });

  afterEach(() => api.close());

  const comments = (): Comments => {
    const provider = findScmProvider(host.kind)!;
    return provider.connect({ apiUrl: `${api.origin}${host.api}`, authorization: provider.authorization('t', 'api') }).comments!;
  };

  it('are made and changed in place', async () => {
    await expect(comments().add(host.fullName, 7, 'words')).resolves.toBe(host.id);
    await expect(comments().edit(host.fullName, 7, host.id, 'words')).resolves.toBe(true);

    const written = api.requests.filter(({ method }) => method !== 'GET');
    expect(written.map(({ method }) => method)).toEqual(['POST', host.change]);
    expect(written[1]!.path.split('?')[0]).toBe(host.one);
    expect(written.map(({ body }) => JSON.parse(body) as object)).toEqual([host.sent, host.changed]);
  });

  it('are found again by their mark, but never those of somebody else', async () => {
    kept = [
      { id: 3, author: 'them', text: 'copied (mark)' },
      { id: 4, author: 'us', text: 'another matter' },
      { id: 5, author: 'us', text: 'words (mark)' },
    ];

    await expect(comments().find(host.fullName, 7, '(mark)')).resolves.toEqual({ id: host.id, text: 'words (mark)' });
  });

  it('of others only are not ours', async () => {
    kept = [{ id: 3, author: 'them', text: 'copied (mark)' }];

    await expect(comments().find(host.fullName, 7, '(mark)')).resolves.toBeUndefined();
  });

  it('are not ours while the token may not say whose it is', async () => {
    kept = [{ id: 5, author: 'us', text: 'words (mark)' }];
    anonymous = true;

    await expect(comments().find(host.fullName, 7, '(mark)')).resolves.toBeUndefined();
  });

  it('that somebody took away are told', async () => {
    gone = true;

    await expect(comments().edit(host.fullName, 7, host.id, 'words')).resolves.toBe(false);
  });
});

it('are looked for page by page', async () => {
  const api = await httpReceiver();
  const other = { id: 1, body: 'x', user: { id: 2 } };
  api.answer = ({ path }) => {
    if (path === '/user') return { status: 200, body: '{"id":1}' };
    const ours = { id: 9, body: '(mark)', user: { id: 1 } };
    return { status: 200, body: JSON.stringify(path.includes('&page=3') ? [ours] : Array(50).fill(other)) };
  };

  const found = await findScmProvider('github')!.connect({ apiUrl: api.origin }).comments!.find('acme/shop', 7, '(mark)');
  await api.close();

  expect(found).toEqual({ id: '9', text: '(mark)' });
  expect(api.requests).toHaveLength(4);
});

function answered({ body, headers }: Host['accountAnswer']): { body: string; headers?: Record<string, string> } {
  return { body: JSON.stringify(body), ...(headers && { headers }) };
}
