import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { ScmCallFailed } from './client.ts';
import { findScmProvider } from './registry.ts';

const guid = '4bc14d40-c903-45e2-872e-0462c7748079';

/** One host: where its API is, an id, where that is asked for, and its answer, in which some of it may be other. */
interface Host {
  readonly kind: string;
  readonly api: string;
  readonly id: string;
  readonly asked: string;
  readonly answer: (id: unknown, name: string) => object;
}

const byFullName = (id: unknown, name: string): object => ({ id, full_name: name });
const hosts: readonly Host[] = [
  { kind: 'github', api: '/api/v3', id: '9', asked: '/api/v3/repositories/9', answer: byFullName },
  { kind: 'gitea', api: '/api/v1', id: '9', asked: '/api/v1/repositories/9', answer: byFullName },
  {
    kind: 'gitlab',
    api: '/api/v4',
    id: '9',
    asked: '/api/v4/projects/9',
    answer: (id, name) => ({ id, path_with_namespace: name }),
  },
  {
    kind: 'bitbucket',
    api: '/2.0',
    id: `{${guid}}`,
    asked: `/2.0/repositories/%7B%7D/%7B${guid}%7D`,
    answer: (uuid, name) => ({ uuid, full_name: name }),
  },
  {
    kind: 'bitbucket',
    api: '/rest',
    id: '9',
    asked: '/rest/api/latest/projects/acme/repos/store',
    answer: (id, name) => ({ id, slug: name.slice(name.indexOf('/') + 1), project: { key: name.slice(0, name.indexOf('/')) } }),
  },
  {
    kind: 'azure-devops',
    api: '/org',
    id: guid,
    asked: `/org/_apis/git/repositories/${guid}?api-version=7.1`,
    answer: (id, name) => ({ id, name: name.slice(name.indexOf('/') + 1), project: { name: name.slice(0, name.indexOf('/')) } }),
  },
];

describe.each(hosts)('a repository at $kind below $api, by its id', ({ kind, api: path, id, asked, answer }) => {
  let api: HttpReceiver;

  beforeEach(async () => {
    api = await httpReceiver();
  });

  afterEach(() => api.close());

  const nameOf = (hostId: string): Promise<string | undefined> =>
    findScmProvider(kind)!.nameOf!({ apiUrl: `${api.origin}${path}` }, { hostId, fullName: 'acme/store' });
  const says = (body: object, status = 200): void => void (api.answer = () => ({ status, body: JSON.stringify(body) }));

  it('is called what its host calls it now', async () => {
    says(answer(/^\d+$/.test(id) ? Number(id) : id, 'acme/store'));

    expect(await nameOf(id)).toBe('acme/store');
    expect(api.requests.map((request) => request.path)).toEqual([asked]);
  });

  it.each([
    ['another id', answer(10, 'acme/store')],
    ['no id', answer(undefined, 'acme/store')],
    ['a name that is none', answer(id, '../../evil')],
    ['nothing', {}],
  ])('is not known from an answer with %s', async (_what, body) => {
    says(body);

    expect(await nameOf(id)).toBeUndefined();
  });

  it('is not known where its host does not show it, and not asked for by what is no id', async () => {
    says({}, 404);

    expect([await nameOf(id), await nameOf('../user'), await nameOf('')]).toEqual([undefined, undefined, undefined]);
    expect(api.requests).toHaveLength(1);
  });

  it('is asked for again while its host does not answer', async () => {
    says({}, 503);

    await expect(nameOf(id)).rejects.toThrow(ScmCallFailed);
  });
});

describe('what says only that a repository is called otherwise', () => {
  const own = { slug: 'store', id: 9, project: { key: 'acme' } };
  const repository = { full_name: 'acme/store', uuid: `{${guid}}` };
  const azure = { id: guid, name: 'store', project: { name: 'acme' }, remoteUrl: 'https://code.example/acme/_git/store' };

  const translate = (kind: string, event: string, payload: object) =>
    findScmProvider(kind)!.webhook.translate(event, payload, { source: 's1', baseUrl: 'https://code.example' });

  it.each([
    [
      'of a whole GitLab',
      'gitlab',
      'system',
      '9',
      { event_name: 'project_rename', project_id: 9, path_with_namespace: 'acme/store', old_path_with_namespace: 'acme/shop' },
    ],
    [
      'of a group at GitLab',
      'gitlab',
      'project',
      '9',
      { event_name: 'project_transfer', project_id: 9, path_with_namespace: 'acme/store' },
    ],
    ['of Bitbucket Cloud', 'bitbucket', 'repo:updated', `{${guid}}`, { repository, changes: { full_name: { new: 'acme/store' } } }],
    ['of Bitbucket Data Center', 'bitbucket', 'repo:modified', '9', { old: { ...own, slug: 'shop' }, new: own }],
    ['of Azure DevOps', 'azure-devops', 'git.repo.renamed', guid, { resource: { oldName: 'shop', repository: azure } }],
  ])('is a hook %s, which makes its host be asked', (_what, kind, event, hostId, payload) => {
    expect(translate(kind, event, payload)).toMatchObject({
      repository: { fullName: 'acme/store', hostId },
      facts: [],
      renaming: true,
    });
  });

  it.each([
    ['Bitbucket Cloud', 'bitbucket', 'repo:updated', { repository, changes: { description: { new: 'x' } } }],
    ['Bitbucket Data Center', 'bitbucket', 'repo:modified', { old: own, new: own }],
    ['GitLab', 'gitlab', 'project', { event_name: 'project_create', project_id: 9, path_with_namespace: 'acme/store' }],
    ['GitLab without an id', 'gitlab', 'system', { event_name: 'project_rename', path_with_namespace: 'acme/store' }],
  ])('is nothing else that %s tells of it', (_what, kind, event, payload) => {
    expect(translate(kind, event, payload)).toEqual({ ignored: expect.any(String) });
  });

  it.each([
    ['gitlab', 'push', '15', { project: { id: 15, path_with_namespace: 'acme/shop' }, project_id: 15 }],
    ['gitlab', 'push', '15', { project: { path_with_namespace: 'acme/shop' }, project_id: 15 }],
    ['gitea', 'push', '15', { repository: { id: 15, full_name: 'acme/shop' } }],
    ['bitbucket', 'repo:push', '{u}', { repository: { uuid: '{u}', full_name: 'acme/shop' } }],
    ['bitbucket', 'repo:refs_changed', '15', { repository: { id: 15, slug: 'shop', project: { key: 'acme' } } }],
    ['azure-devops', 'git.push', guid, { resource: { repository: { ...azure, name: 'shop', remoteUrl: undefined } } }],
  ])('is not the push of %s by %s, which tells the id %s all the same', (kind, event, hostId, payload) => {
    const change = { ref: 'refs/heads/main', before: 'a'.repeat(40), after: 'b'.repeat(40) };
    const branch = (hash: string): object => ({ type: 'branch', name: 'main', target: { hash } });
    const moved = {
      ...change,
      push: { changes: [{ old: branch(change.before), new: branch(change.after) }] },
      changes: [{ refId: change.ref, fromHash: change.before, toHash: change.after, type: 'UPDATE' }],
    };
    const resource = 'resource' in payload ? (payload.resource as object) : {};
    const updates = [{ name: change.ref, oldObjectId: change.before, newObjectId: change.after }];

    const translation = translate(kind, event, { ...moved, ...payload, resource: { ...resource, refUpdates: updates } });

    expect(translation).toMatchObject({ repository: { hostId }, facts: [{ type: 'change.pushed' }] });
    expect(translation).not.toHaveProperty('renaming');
  });
});
