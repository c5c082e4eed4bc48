import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { findScmProvider } from './registry.ts';
import type { RepositoryList } from './listed-repository.ts';

const full = (count: number): unknown[] => Array.from({ length: count }, (_, index) => ({ name: `r${index}` }));

/** One host: the kind, where its API is, what an organisation is asked by, and two repositories as it lists them. */
const hosts: readonly [string, string, string, unknown][] = [
  [
    'github',
    '/api/v3',
    '/api/v3/orgs/acme/repos?per_page=50&page=2',
    [
      { id: 9, full_name: 'acme/shop' },
      { full_name: 'acme/old', archived: true },
    ],
  ],
  [
    'gitea',
    '/api/v1',
    '/api/v1/orgs/acme/repos?limit=50&page=2',
    [
      { id: 9, full_name: 'acme/shop' },
      { full_name: 'acme/old', archived: true },
    ],
  ],
  [
    'gitlab',
    '/api/v4',
    '/api/v4/groups/acme/projects?include_subgroups=true&per_page=50&page=2',
    [
      { id: 9, path_with_namespace: 'acme/shop' },
      { path_with_namespace: 'acme/old', archived: true },
    ],
  ],
  [
    'bitbucket',
    '/rest',
    '/rest/api/latest/projects/acme/repos?limit=50&start=50',
    {
      values: [
        { id: 9, slug: 'shop', project: { key: 'acme' } },
        { slug: 'old', project: { key: 'acme' }, archived: true },
      ],
    },
  ],
  [
    'azure-devops',
    '/org',
    '/org/acme/_apis/git/repositories?api-version=7.1',
    {
      value: [
        { id: '9', name: 'shop', project: { name: 'acme' } },
        { name: 'old', project: { name: 'acme' }, isDisabled: true },
      ],
    },
  ],
];

describe.each(hosts)('the repositories at %s below %s', (kind, path, asked, answer) => {
  let api: HttpReceiver;
  let list: RepositoryList;

  beforeEach(async () => {
    api = await httpReceiver();
    list = findScmProvider(kind)!.repositories!({ apiUrl: `${api.origin}${path}` });
  });

  afterEach(() => api.close());

  it('are listed by their full names, with those that are at rest', async () => {
    api.answer = () => ({ status: 200, body: JSON.stringify(answer) });

    expect(await list('acme', 2)).toEqual({
      repositories: [
        { fullName: 'acme/shop', archived: false, id: '9' },
        { fullName: 'acme/old', archived: true },
      ],
      more: false,
    });
    expect(api.requests.map((request) => request.path)).toEqual([asked]);
  });

  it('are none of an organisation that is not there, or is no name', async () => {
    api.answer = () => ({ status: 404 });

    await expect(list('acme', 1)).rejects.toMatchObject({ code: 'scm_call_failed', retryable: false });
    const sent = api.requests.length;
    await expect(list('../../admin', 1)).rejects.toMatchObject({ code: 'scm_call_failed' });
    expect(api.requests).toHaveLength(sent);
  });
});

it('go on where the host says so: at Bitbucket Cloud by a link, elsewhere by a full page', async () => {
  const api = await httpReceiver();
  api.answer = ({ path }) => ({
    status: 200,
    body: JSON.stringify(path.startsWith('/2.0') ? { values: [], next: 'https://x' } : full(50)),
  });

  const more = async (kind: string, path: string): Promise<boolean> =>
    (await findScmProvider(kind)!.repositories!({ apiUrl: `${api.origin}${path}` })('acme', 1)).more;

  expect([await more('bitbucket', '/2.0'), await more('github', '')]).toEqual([true, true]);
  await api.close();
});
