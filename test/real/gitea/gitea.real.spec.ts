import type { CreatedSource } from '@throughline/contracts';
import { eventually, infra } from '@throughline/testing';
import { demoAdvisories } from '../../../apps/cli/src/demo/repository.ts';
import { Api } from '../../journeys/api.ts';
import { GitRepository } from '../../journeys/git-repository.ts';
import { installedScanners } from '../../journeys/scanner-tools.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import { vulnerableLock } from '../../journeys/shop.ts';
import { GiteaDatabase } from './gitea-database.ts';
import { GiteaServer, type Answer } from './gitea-server.ts';

const name = 'shop/till';
const fixedLock = Object.fromEntries(Object.entries(vulnerableLock).map(([path, text]) => [path, text.replaceAll('1.2.5', '1.2.8')]));

interface Status {
  readonly status: string;
  readonly context: string;
  readonly description: string;
}

let gitea: GiteaServer;
let token: string;
let platform: ServiceProcesses;
let repository: GitRepository;
let pull: number;

beforeAll(async () => {
  gitea = await GiteaServer.start(process.env['REAL_SERVER']!, await GiteaDatabase.create(await infra()));
  token = gitea.administrator('keeper');
  platform = await ServiceProcesses.start({ toolsDir: installedScanners(), environment: { OUTBOUND_ALLOW: new URL(gitea.url).origin } });
  const api = new Api(platform.url('gateway'), platform.token);
  await api.call('POST', 'advisories', await demoAdvisories());
  const source = await api.call<CreatedSource>('POST', 'sources', {
    kind: 'gitea',
    name: 'real',
    scope: { repositories: ['shop/**'] },
    settings: { baseUrl: gitea.url, token },
  });
  await setUp(source);
}, 900_000);

afterAll(async () => {
  platform?.signal('ledger', 'SIGCONT');
  await platform?.stop();
  await gitea?.stop();
});

/** A repository whose main branch takes only what the platform has passed. */
async function setUp({ url, secret }: CreatedSource): Promise<void> {
  repository = new GitRepository(platform.repositories, name);
  await made('orgs', { username: 'shop' });
  await made('orgs/shop/repos', { name: 'till', default_branch: 'main', private: true });
  await made(`repos/${name}/hooks`, {
    type: 'gitea',
    active: true,
    events: ['push', 'pull_request'],
    config: { url, secret, content_type: 'json' },
  });
}

async function made(path: string, body: object): Promise<unknown> {
  const answer = await gitea.call(token, 'POST', path, body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

function push(branch: string): void {
  const address = new URL(`${gitea.url}/${name}.git`);
  [address.username, address.password] = ['keeper', token];
  repository.push(address.href, branch);
}

async function statusOf(commit: string): Promise<Status | undefined> {
  const { body } = await gitea.call(token, 'GET', `repos/${name}/commits/${commit}/status`);
  return (body as { readonly statuses: readonly Status[] | null }).statuses?.[0];
}

function becomes(commit: string, status: string): Promise<Status> {
  return eventually(async () => {
    const found = await statusOf(commit);
    expect(found?.status).toBe(status);
    return found!;
  }, 240_000);
}

/** Gitea checks in the background whether a change merges at all; until then it says "try again". */
function merge(): Promise<Answer> {
  return eventually(async () => {
    const answer = await gitea.call(token, 'POST', `repos/${name}/pulls/${pull}/merge`, { Do: 'merge' });
    expect(JSON.stringify(answer.body)).not.toMatch(/try again/i);
    return answer;
  }, 60_000);
}

describe('on a real Gitea', () => {
  it('a push over HTTP is judged, and the commit turns green', async () => {
    const commit = repository.commit('Open the till', { 'README.md': 'a till\n' });

    push('main');

    const { context } = await becomes(commit, 'success');
    const rule = { rule_name: 'main', enable_status_check: true, status_check_contexts: [context], block_admin_merge_override: true };
    await made(`repos/${name}/branch_protections`, rule);
  }, 300_000);

  it('a change stays pending and is not merged while nothing is decided', async () => {
    platform.signal('ledger', 'SIGSTOP');
    const commit = repository.commit('Add a parser', vulnerableLock);

    push('parser');
    const { number } = (await made(`repos/${name}/pulls`, { title: 'Add a parser', head: 'parser', base: 'main' })) as { number: number };
    pull = number;
    await becomes(commit, 'pending');

    expect((await merge()).status).toBe(405);
    platform.signal('ledger', 'SIGCONT');
  }, 300_000);

  it('it is blocked with the reason, and still not merged', async () => {
    const status = await becomes(repository.head(), 'failure');

    expect(status.description).toMatch(/^Blocked: /);
    expect((await merge()).status).toBe(405);
  }, 300_000);

  it('the fix turns it green, and it is merged', async () => {
    const commit = repository.commit('Raise the parser', fixedLock);

    push('parser');
    await becomes(commit, 'success');

    expect((await merge()).status).toBe(200);
  }, 300_000);
});
