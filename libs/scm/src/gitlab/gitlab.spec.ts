import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Verdict } from '../client.ts';
import type { Site, Translation } from '../provider.ts';
import { gitlab } from './gitlab.ts';

const { webhook } = gitlab;
const site: Site = { source: 's1', baseUrl: 'https://gitlab.example' };
const id = (digit: string): string => digit.repeat(40);
const project = {
  path_with_namespace: 'Group/sub/shop',
  git_http_url: 'https://gitlab.example/Group/sub/shop.git',
  web_url: 'https://gitlab.example/Group/sub/shop',
  default_branch: 'trunk',
};
const push = {
  object_kind: 'push',
  ref: 'refs/heads/trunk',
  before: id('a'),
  after: id('b'),
  checkout_sha: id('b'),
  user_username: 'ada',
  project,
  commits: [{ id: id('b'), message: 'feat: x\n\nwhy', author: { name: 'Ada' }, timestamp: '2026-01-02T03:04:05+01:00' }],
};
const request = {
  object_kind: 'merge_request',
  user: { username: 'ada' },
  project,
  object_attributes: {
    iid: 7,
    action: 'open',
    title: 'Add a thing',
    source_branch: 'topic',
    target_branch: 'trunk',
    source_project_id: 1,
    target_project_id: 1,
    last_commit: { id: id('c') },
  },
};
const asked = (attributes: object, more: object = {}): Translation =>
  webhook.translate('merge request', { ...request, ...more, object_attributes: { ...request.object_attributes, ...attributes } }, site);

describe('a webhook of GitLab', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const body = Buffer.from('{"a":1}');
  const now = Date.UTC(2026, 0, 1);
  const signed = (at: number, key = Buffer.alloc(32, 7)): Record<string, string> => {
    const signature = createHmac('sha256', key)
      .update(`msg_1.${at / 1000}.`)
      .update(body)
      .digest('base64');
    return {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(at / 1000),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} v1,${signature}`,
    };
  };

  it('is believed by one of its signatures, by any of the secrets', () => {
    expect(webhook.verify(signed(now), body, ['another', secret], now)).toBe(1);
  });

  it.each([
    ['of another body', signed(now), Buffer.from('{}'), now],
    ['by another key', signed(now, Buffer.alloc(32, 8)), body, now],
    ['of six minutes ago', signed(now - 360_000), body, now],
    ['of the future', signed(now + 360_000), body, now],
    ['without a time', { ...signed(now), 'webhook-timestamp': '' }, body, now],
    ['without an id', { ...signed(now), 'webhook-id': '' }, body, now],
    ['that is wrong, beside a token that is right', { ...signed(now, Buffer.alloc(32, 8)), 'x-gitlab-token': secret }, body, now],
  ])('is not believed by a signature %s', (_what, headers, bytes, at) => {
    expect(webhook.verify(headers, bytes, [secret], at)).toBeUndefined();
  });

  it('is believed by the token, and only by the whole of it', () => {
    const verify = (token: string | undefined): number | undefined => webhook.verify({ 'x-gitlab-token': token }, body, ['k1', 'k2'], now);

    expect([verify('k2'), verify('k'), verify(''), verify(undefined)]).toEqual([1, undefined, undefined, undefined]);
  });

  it('is known again by the key that stays when it is repeated', () => {
    const headers = { 'x-gitlab-event': 'Push Hook', 'x-gitlab-event-uuid': 'shared', 'idempotency-key': 'own' };

    expect(webhook.arrival(headers, {})).toEqual({ event: 'push', deliveryId: 'own' });
    expect(webhook.arrival({ ...headers, 'idempotency-key': undefined }, {})).toEqual({ event: 'push', deliveryId: 'shared' });
    expect(() => webhook.arrival({ 'x-gitlab-event': 'Push Hook' }, {})).toThrow(expect.objectContaining({ code: 'missing_header' }));
    expect(() => webhook.arrival({ 'x-github-event': 'push' }, {})).toThrow(expect.objectContaining({ code: 'another_provider' }));
  });
});

describe('what GitLab says', () => {
  it('of a push, in a group within a group', () => {
    expect(webhook.translate('push', push, site)).toMatchObject({
      repository: { id: 'gitlab.example/group/sub/shop', fullName: 'Group/sub/shop' },
      facts: [
        {
          type: 'change.pushed',
          fields: {
            ref: 'refs/heads/trunk',
            before: id('a'),
            after: id('b'),
            defaultBranch: 'trunk',
            pusher: 'ada',
            commits: [{ title: 'feat: x', author: 'Ada' }],
          },
        },
      ],
    });
  });

  it('of an annotated tag: the commit, not the tag object', () => {
    const tag = { ...push, ref: 'refs/tags/v1', before: id('0'), after: id('d') };

    expect(webhook.translate('tag push', tag, site)).toHaveProperty('facts.0.fields.after', id('b'));
  });

  it('through a hook of the whole installation', () => {
    expect(webhook.translate('system', { ...push, object_kind: undefined, event_name: 'push' }, site)).toHaveProperty(
      'facts.0.type',
      'change.pushed',
    );
    expect(webhook.translate('system', request, site)).toHaveProperty('facts.0.type', 'change.proposed');
    expect(webhook.translate('system', { event_name: 'user_create' }, site)).toEqual({ ignored: expect.stringContaining('not used') });
  });

  it('of a merge request, whose base the origin knows', () => {
    expect(asked({})).toMatchObject({
      facts: [
        {
          type: 'change.proposed',
          fields: {
            number: 7, head: id('c'), headRef: 'refs/heads/topic', baseRef: 'refs/heads/trunk', base: undefined, fork: false, author: 'ada',
            url: 'https://gitlab.example/Group/sub/shop/-/merge_requests/7',
          },
        },
      ],
    }); // prettier-ignore
    expect(asked({ source_project_id: 2 })).toHaveProperty('facts.0.fields.fork', true);
  });

  it.each([
    ['new commits', { action: 'update', oldrev: id('a') }, {}, 'change.proposed'],
    ['another target', { action: 'update' }, { changes: { target_branch: {} } }, 'change.proposed'],
    ['being open again', { action: 'reopen' }, {}, 'change.proposed'],
    ['its merge', { action: 'merge', merge_commit_sha: id('e') }, {}, 'change.merged'],
    ['its end without a merge', { action: 'close' }, {}, 'change.abandoned'],
    ['an approval', { action: 'approved' }, {}, 'change.reviewed'],
    ['an approval taken back', { action: 'unapproved' }, {}, 'change.reviewed'],
  ])('of a merge request: %s', (_what, attributes, more, type) => {
    expect(asked(attributes, more)).toHaveProperty('facts.0.type', type);
  });

  it('of who approved which commit, and of what was merged', () => {
    expect(asked({ action: 'unapproval' })).toHaveProperty('facts.0.fields', {
      repository: 'gitlab.example/group/sub/shop',
      source: 's1',
      number: 7,
      commit: id('c'),
      reviewer: 'ada',
      state: 'dismissed',
    });
    expect(asked({ action: 'merge', merge_commit_sha: null, squash_commit_sha: null })).toHaveProperty('facts.0.fields.commit', id('c'));
    expect(asked({ action: 'merge', merge_commit_sha: id('e') })).toMatchObject({
      facts: [{ fields: { commit: id('e'), head: id('c') } }],
    });
  });

  it.each([
    ['other words', { action: 'update' }],
    ['nothing we know', { action: '__proto__' }],
  ])('ignores %s of a merge request with a reason', (_what, attributes) => {
    expect(asked(attributes)).toEqual({ ignored: expect.stringMatching(/\w/) });
  });

  it.each([
    ['another origin', { ...project, git_http_url: 'https://evil.example/Group/sub/shop.git' }, 'foreign_origin'],
    ['no group', { ...project, path_with_namespace: 'shop' }, 'malformed'],
    ['a path that leaves', { ...project, path_with_namespace: 'a/../b' }, 'malformed'],
  ])('is refused with %s', (_what, told, code) => {
    expect(() => webhook.translate('push', { ...push, project: told }, site)).toThrow(expect.objectContaining({ code }));
  });

  it('tells where the installation is', () => {
    expect(webhook.siteOf(push)).toBe('https://gitlab.example');
  });
});

describe('the client of GitLab', () => {
  let server: Server;
  let seen: { request: string; authorization: string | undefined; body: string }[];
  let answer: { status: number; body: object };

  beforeEach(async () => {
    seen = [];
    answer = { status: 200, body: {} };
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ request: `${request.method} ${request.url}`, authorization: request.headers.authorization, body });
        response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });

  afterEach(() => new Promise((closed) => server.close(closed)));

  const client = () =>
    gitlab.connect({
      apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
      authorization: gitlab.authorization('t', 'api'),
    });

  it.each<[Verdict, string]>([
    ['pending', 'pending'],
    ['pass', 'success'],
    ['warn', 'success'],
    ['deny', 'failed'],
    ['undecided', 'failed'],
  ])('says %s as the state %s', async (verdict, state) => {
    await client().setStatus('group/sub/shop', id('b'), { verdict, text: 'words', context: 'throughline', url: 'https://t.example/d' });

    expect(seen).toMatchObject([{ request: `POST /api/v4/projects/group%2Fsub%2Fshop/statuses/${id('b')}`, authorization: 'Bearer t' }]);
    expect(JSON.parse(seen[0]!.body)).toEqual({ state, name: 'throughline', description: 'words', target_url: 'https://t.example/d' });
  });

  it('takes a state that is there already for set', async () => {
    answer = { status: 400, body: { message: 'Cannot transition status via :enqueue from :pending' } };

    await expect(client().setStatus('a/b', id('b'), { verdict: 'pending', text: '', context: 'c' })).resolves.toBeUndefined();
  });

  it('resolves a branch with a slash in its name', async () => {
    answer = { status: 200, body: { commit: { id: id('b') } } };

    await expect(client().head('a/b', 'refs/heads/x/y')).resolves.toBe(id('b'));
    expect(seen[0]!.request).toBe('GET /api/v4/projects/a%2Fb/repository/branches/x%2Fy');
  });

  it('asks nothing for a path that is none', async () => {
    await expect(client().head('a/..', 'refs/heads/x')).rejects.toMatchObject({ code: 'scm_call_failed' });
    expect(seen).toEqual([]);
  });

  it('finds the merge request of a branch before it opens one', async () => {
    const wanted = { branch: 'throughline/fix-1', base: 'main', title: 'Raise it', text: 'words' };
    const merge = { iid: 7, web_url: 'https://gitlab.example/a/b/-/merge_requests/7' };
    answer = { status: 200, body: [merge] };
    const found = await client().changeRequests!.open('a/b', wanted);
    answer = { status: 201, body: merge };
    const opened = await client().changeRequests!.open('a/b', wanted);

    expect([found, opened]).toEqual(Array(2).fill({ number: 7, url: merge.web_url }));
    const query = 'state=opened&source_branch=throughline%2Ffix-1&target_branch=main';
    const list = `GET /api/v4/projects/a%2Fb/merge_requests?${query}`;
    expect(seen.map(({ request }) => request)).toEqual([list, list, 'POST /api/v4/projects/a%2Fb/merge_requests']);
    expect(JSON.parse(seen[2]!.body)).toMatchObject({ source_branch: 'throughline/fix-1', target_branch: 'main', description: 'words' });
  });

  it('takes a merge request that is closed already for closed', async () => {
    answer = { status: 400, body: { message: 'Cannot transition state via :close from :merged' } };

    await expect(client().changeRequests!.close('a/b', 7)).resolves.toBeUndefined();
  });
});
