import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { findScmProvider } from './registry.ts';
import type { ScmHooks } from './kept-hook.ts';

const wanted = { url: 'https://throughline.example/hooks/s1', secret: 'k' };

/** One host: below which API address, where its webhooks are, and one of them as it answers it. */
interface Host {
  readonly kind: string;
  readonly api: string;
  readonly place: string;
  readonly list: string;
  readonly wrap: (hooks: readonly object[]) => unknown;
  readonly hook: (more?: object) => object;
  readonly id: string;
  readonly sent: object;
  readonly broken: object;
  readonly change: 'PATCH' | 'PUT';
}

const cloudEvents = ['repo:push', 'repo:updated', 'pullrequest:created', 'pullrequest:updated', 'pullrequest:fulfilled', 'pullrequest:rejected', 'pullrequest:approved', 'pullrequest:unapproved', 'pullrequest:changes_request_created', 'pullrequest:changes_request_removed', 'repo:commit_status_created', 'repo:commit_status_updated', 'pullrequest:comment_created']; // prettier-ignore
const ownEvents = ['repo:refs_changed', 'repo:modified', 'pr:opened', 'pr:from_ref_updated', 'pr:modified', 'pr:merged', 'pr:declined', 'pr:deleted', 'pr:reviewer:approved', 'pr:reviewer:unapproved', 'pr:reviewer:needs_work', 'pr:comment:added']; // prettier-ignore

const hosts: readonly Host[] = [
  {
    kind: 'github',
    api: '/api/v3',
    place: '/api/v3/repos/acme/shop/hooks',
    list: '?per_page=100',
    wrap: (hooks) => hooks,
    hook: (more) => ({
      id: 7,
      active: true,
      events: ['push', 'pull_request', 'pull_request_review', 'merge_group', 'status', 'check_run', 'issue_comment'],
      config: { url: wanted.url, content_type: 'json' },
      ...more,
    }),
    id: '7',
    sent: { active: true, config: { url: wanted.url, secret: 'k', content_type: 'json' } },
    broken: { events: ['push'] },
    change: 'PATCH',
  },
  {
    kind: 'gitea',
    api: '/api/v1',
    place: '/api/v1/repos/acme/shop/hooks',
    list: '?limit=50',
    wrap: (hooks) => hooks,
    hook: (more) => ({
      id: 7,
      active: true,
      events: ['push', 'pull_request', 'pull_request_comment'],
      config: { url: wanted.url, content_type: 'json' },
      ...more,
    }),
    id: '7',
    sent: { type: 'gitea', active: true, config: { url: wanted.url, secret: 'k', content_type: 'json' } },
    broken: { config: { url: wanted.url, content_type: 'form' } },
    change: 'PATCH',
  },
  {
    kind: 'gitlab',
    api: '/api/v4',
    place: '/api/v4/projects/acme%2Fshop/hooks',
    list: '?per_page=100',
    wrap: (hooks) => hooks,
    hook: (more) => ({
      id: 7,
      url: wanted.url,
      push_events: true,
      tag_push_events: true,
      merge_requests_events: true,
      note_events: true,
      ...more,
    }),
    id: '7',
    sent: { url: wanted.url, token: 'k', push_events: true, merge_requests_events: true, tag_push_events: true, note_events: true },
    broken: { merge_requests_events: false },
    change: 'PUT',
  },
  {
    kind: 'bitbucket',
    api: '/2.0',
    place: '/2.0/repositories/acme/shop/hooks',
    list: '?pagelen=100',
    wrap: (values) => ({ values }),
    hook: (more) => ({ uuid: '{7}', url: wanted.url, active: true, events: cloudEvents, secret_set: true, ...more }),
    id: '%7B7%7D',
    sent: { url: wanted.url, secret: 'k', active: true, events: cloudEvents },
    broken: { secret_set: false },
    change: 'PUT',
  },
  {
    kind: 'bitbucket',
    api: '/rest',
    place: '/rest/api/latest/projects/acme/repos/shop/webhooks',
    list: '?limit=100',
    wrap: (values) => ({ values }),
    hook: (more) => ({ id: 7, url: wanted.url, active: true, events: ownEvents, ...more }),
    id: '7',
    sent: { url: wanted.url, configuration: { secret: 'k' }, active: true, events: ownEvents },
    broken: { events: [] },
    change: 'PUT',
  },
];

describe.each(hosts.map((host) => [`${host.kind} ${host.api}`, host] as const))('the webhooks of %s', (_name, host) => {
  let api: HttpReceiver;
  let hooks: ScmHooks;
  const answer = (status: number, body: unknown = {}): void => void (api.answer = () => ({ status, body: JSON.stringify(body) }));
  const seen = (): string[] => api.requests.map(({ method, path }) => `${method} ${path}`);

  beforeEach(async () => {
    api = await httpReceiver();
    hooks = findScmProvider(host.kind)!.hooks!({ apiUrl: `${api.origin}${host.api}`, authorization: 'Bearer t' });
  });

  afterEach(() => api.close());

  it('are found by our address, whoever else has one', async () => {
    answer(200, host.wrap([host.hook({ url: 'https://other.example', config: { url: 'https://other.example' } }), host.hook()]));

    expect(await hooks.find('acme/shop', wanted.url)).toEqual({ id: decodeURIComponent(host.id), faults: [] });
    expect(seen()).toEqual([`GET ${host.place}${host.list}`]);
    answer(200, host.wrap([]));
    expect(await hooks.find('acme/shop', wanted.url)).toBeUndefined();
  });

  it('say what is wrong with them', async () => {
    answer(200, host.wrap([host.hook(host.broken)]));
    expect((await hooks.find('acme/shop', wanted.url))!.faults).toEqual(['it does not send all that is needed']);

    answer(200, host.wrap([host.hook(host.kind === 'gitlab' ? { alert_status: 'disabled' } : { active: false })]));
    expect((await hooks.find('acme/shop', wanted.url))!.faults).toEqual(['it is switched off']);
  });

  it('are made and made right with our address and key', async () => {
    answer(201, host.hook());

    expect(await hooks.create('acme/shop', wanted)).toBe(decodeURIComponent(host.id));
    await hooks.update('acme/shop', decodeURIComponent(host.id), wanted);

    expect(seen()).toEqual([`POST ${host.place}`, `${host.change} ${host.place}/${host.id}`]);
    for (const { body } of api.requests) expect(JSON.parse(body)).toMatchObject(host.sent);
  });

  it('are taken away, also when they are gone', async () => {
    answer(404);

    await hooks.remove('acme/shop', decodeURIComponent(host.id));

    expect(seen()).toEqual([`DELETE ${host.place}/${host.id}`]);
  });

  it.each([401, 403, 404])('are not to be had when the host answers %i', async (status) => {
    answer(status);

    await expect(hooks.find('acme/shop', wanted.url)).rejects.toMatchObject({ code: 'scm_call_failed', status });
  });
});
