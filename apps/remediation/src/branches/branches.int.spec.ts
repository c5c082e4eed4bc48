import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ChangeAbandoned,
  ChangeProposed,
  ChangePushed,
  FindingsEvaluated,
  FindingState,
  make,
  type ActionSwitch,
  type Remediation,
  type RemediationDetail,
} from '@throughline/contracts';
import { Database, rows, runService, type RunningService } from '@throughline/service';
import {
  eventually,
  FactPublisher,
  gitServer,
  httpReceiver,
  infra,
  SignedCaller,
  type GitServer,
  type HttpReceiver,
  type Platform,
  type SignedAnswer,
} from '@throughline/testing';
import definition from '../service.ts';
import { FixOrders } from './fix-orders.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

const repository = 'git.example/acme/shop';
const files: Readonly<Record<string, string>> = {
  'package.json': '{\n  "name": "shop",\n  "dependencies": {\n    "left-pad": "1.0.0",\n    "right-pad": "1.0.0"\n  }\n}\n',
};
const write = { git: 'Basic d3JpdGU=', api: 'token write' };

let home: string;
let platform: Platform;
let publisher: FactPublisher;
let neighbours: HttpReceiver;
let git: GitServer;
let provider: HttpReceiver;
let remediation: RunningService;
let door: SignedCaller;
let commit: string;

const run = (...args: readonly string[]): string => {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@x' };
  const env = { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_GLOBAL: '/dev/null', ...who };
  return execFileSync('git', args, { cwd: home, env, encoding: 'utf8' }).trim();
};
const bare = (): string => join(home, 'acme/shop.git');

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'branches-'));
  mkdirSync(join(home, 'acme'));
  run('init', '--quiet', '--bare', '--initial-branch=main', bare());
  run('init', '--quiet', '--initial-branch=main', 'tree');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(home, 'tree', path), text);
  run('-C', 'tree', 'add', '.');
  run('-C', 'tree', 'commit', '--quiet', '-m', 'first');
  run('-C', 'tree', 'push', '--quiet', bare(), 'main');
  commit = run('-C', 'tree', 'rev-parse', 'HEAD');
  const held = await infra();
  [git, provider, neighbours] = await Promise.all([gitServer(home, write.git), httpReceiver(), httpReceiver()]);
  provider.answer = answerOfProvider;
  neighbours.answer = answerOfNeighbours;
  platform = await held.fresh(['remediation', 'gateway']);
  publisher = new FactPublisher(held, platform);
  remediation = await runService(definition, {
    ...platform.environment('remediation'),
    SCANNER_ORCHESTRATOR_URL: neighbours.origin,
    INGEST_URL: neighbours.origin,
    OUTBOUND_ALLOW: [git.origin, provider.origin].join(','),
  });
  door = new SignedCaller(remediation, platform);
}, 300_000);

afterAll(async () => {
  await remediation?.close();
  for (const fake of [git, provider, neighbours]) await fake?.close();
  await platform?.remove();
  rmSync(home, { recursive: true, force: true });
});

/** scanner-orchestrator and ingest: files of the commit, and credentials. */
function answerOfNeighbours({ path, body }: { readonly path: string; readonly body: string }): { status: number; body: string } {
  const url = new URL(path, 'http://x');
  if (url.pathname === '/internal/files') {
    const text = files[url.searchParams.get('path')!];
    return text === undefined ? { status: 404, body: '{}' } : { status: 200, body: JSON.stringify({ text }) };
  }
  const { purpose } = JSON.parse(body) as { readonly purpose: string };
  const address = { provider: 'gitea', cloneUrl: `${git.origin}/acme/shop.git`, expiresAt: new Date(Date.now() + 600_000).toISOString() };
  const way = { apiUrl: `${provider.origin}/api/v1`, fullName: 'acme/shop', authorization: write.git, apiAuthorization: write.api };
  return { status: 200, body: JSON.stringify(purpose === 'write' ? { ...address, ...way } : address) };
}

function answerOfProvider({ method, path }: { readonly method: string; readonly path: string }): { status: number; body: string } {
  const open = { number: 7, html_url: `${provider.origin}/acme/shop/pulls/7`, state: 'open' };
  if (method === 'GET') return { status: 404, body: '{}' };
  return { status: path.endsWith('/pulls') ? 201 : 200, body: JSON.stringify(open) };
}

const finding = (id: string, name: string): FindingState =>
  make(FindingState, {
    ...{ id, class: 'vulnerability', rule: id, title: 'x', severity: 'high', triage: 'new', path: 'package.json', knownExploited: false },
    ...{ tools: ['dependencies'], purl: `pkg:npm/${name}@1.0.0`, trustedFix: '1.0.1', cve: 'CVE-2024-0001' },
  });
const left = ['f-1', 'f-2'].map((id) => finding(id, 'left-pad'));
const right = finding('f-3', 'right-pad');

let revision = 0;

async function evaluate(at: string, ref: string, present: readonly FindingState[]): Promise<void> {
  revision += 1;
  const totals = { critical: 0, high: present.length, medium: 0, low: 0, info: 0 };
  const counts = { opened: 0, reopened: 0, resolved: 0, unchanged: 0, notEvaluated: [], licences: [] };
  const fact = make(FindingsEvaluated, {
    ...{ subject: { repository, commit: at, ref }, seq: 1, tool: 'dependencies', ruleset: 'r', finds: ['vulnerability'] },
    ...{ outcome: 'evaluated' as const, application: 'shop', revision, present: [...present], totals, ...counts },
  });
  await publisher.publish({ fact, deliveryKey: `${at} ${revision}` });
}

async function proposalOf(name: string): Promise<RemediationDetail> {
  const { items } = (await door.call('GET', '/api/v1/remediations')).body as { items: Remediation[] };
  const found = items.find((proposal) => proposal.package === `pkg:npm/${name}`);
  return (await door.call('GET', `/api/v1/remediations/${found!.id}`)).body as RemediationDetail;
}

async function order(name: string, what: string, body: object = {}, user: object = {}): Promise<SignedAnswer<RemediationDetail>> {
  const { id } = await proposalOf(name);
  return door.call('POST', `/api/v1/remediations/${id}/${what}`, { body, user });
}

const settings = (body: object): Promise<SignedAnswer<RemediationDetail>> =>
  door.call('PUT', '/api/v1/remediations/settings/shop', { body });
const becomes = (name: string, expected: object): Promise<RemediationDetail> =>
  soon(async () => {
    const now = await proposalOf(name);
    expect(now.fix).toMatchObject(expected);
    return now;
  });
const branches = (): string[] => run('-C', bare(), 'for-each-ref', '--format=%(refname)').split('\n');
const problem = (code: string): object => ({ body: expect.objectContaining({ code }) });

describe('a fix that a person approves', () => {
  it('is pushed for nobody who has not asked for it', async () => {
    await evaluate(commit, 'refs/heads/main', [...left, right]);
    await soon(async () => expect((await proposalOf('left-pad')).state).toBe('proposed'));
    await soon(async () => expect((await proposalOf('right-pad')).state).toBe('proposed'));

    expect(await order('left-pad', 'approve')).toMatchObject({ status: 409, ...problem('not_opted_in') });
    expect(branches()).toEqual(['refs/heads/main']);
  });

  it('is approved as it was looked at, and by nobody of another team', async () => {
    await settings({ branches: true, perHour: 3, cooldownMinutes: 60 });

    expect(await order('left-pad', 'approve', { diff: `sha256:${'0'.repeat(64)}` })).toMatchObject({ status: 409, ...problem('changed') });
    expect(await order('left-pad', 'approve', {}, { applications: ['web'] })).toMatchObject({ status: 404 });
    const { fix, plan } = (await order('left-pad', 'approve?dryRun=true')).body;
    expect([fix, plan?.text]).toEqual([undefined, expect.stringContaining('Closes 2 findings')]);
  });

  it('stands in a branch of its own with one change request, which closes all of its findings', async () => {
    expect(await order('left-pad', 'approve')).toMatchObject({ status: 200 });
    expect(await order('left-pad', 'approve')).toMatchObject({ status: 200 });

    const { fix, plan } = await becomes('left-pad', { state: 'open', proof: 'waiting', changeRequest: { number: 7 } });
    expect(git.pushes).toEqual([`refs/heads/${plan!.branch}`]);
    expect(run('-C', bare(), 'show', `${plan!.branch}:package.json`)).toContain('"left-pad": "1.0.1"');
    expect(run('-C', bare(), 'rev-parse', plan!.branch)).toBe(fix!.commit);
    const opened = provider.requests.filter(({ method, path }) => method === 'POST' && path === '/api/v1/repos/acme/shop/pulls');
    expect(opened).toHaveLength(1);
    expect(opened[0]!.headers['authorization']).toBe(write.api);
    expect(JSON.parse(opened[0]!.body)).toMatchObject({
      head: plan!.branch,
      base: 'main',
      title: expect.stringContaining('closes 2 findings'),
    });
  });

  it('is not verified while a finding is left, and is when all are gone and none is new', async () => {
    const { fix, plan } = await proposalOf('left-pad');
    const ref = `refs/heads/${plan!.branch}`;

    await evaluate(fix!.commit!, ref, [left[0]!, right]);
    await becomes('left-pad', { proof: 'not_fixed', reason: '1 of 2 findings are still there' });
    await evaluate(fix!.commit!, ref, [right]);
    await becomes('left-pad', { proof: 'verified' });

    await soon(() => {
      const told = provider.requests.filter(({ method, path }) => method === 'PATCH' && path === '/api/v1/repos/acme/shop/pulls/7');
      expect((JSON.parse(told.at(-1)!.body) as { body: string }).body).toContain('**Verified:**');
    });
    const lines = await remediation.get(Database).rows(`select 1 from proposals where line like 'refs/heads/throughline/%'`);
    expect(lines).toEqual([]);
  });

  it('is read by its push while somebody approves again: neither waits for the other for ever', async () => {
    const database = remediation.get(Database);
    const { id, fix } = await proposalOf('left-pad');
    const blocked = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

    const read = await database.transaction(async (tx) => {
      await rows(tx, 'select 1 from proposals where id = $1 for update', [id]);
      const reading = remediation.get(FixOrders).read(fix!.id);
      await soon(async () => expect(await database.rows(blocked)).toHaveLength(1));
      await rows(tx, 'select 1 from fixes where id = $1 for update', [fix!.id]);
      return { reading };
    });

    expect(await read.reading).toMatchObject({ fix: { id: fix!.id } });
  });

  it('is closed where its change request was closed without a merge, and open again with it', async () => {
    const { fix, plan } = await proposalOf('left-pad');
    const closed = make(ChangeAbandoned, { repository, number: 7, closedBy: 'eve' });
    await publisher.publish({ fact: closed, deliveryKey: 'closed' });

    await becomes('left-pad', { state: 'closed', proof: 'verified', reason: expect.stringContaining('without a merge by eve') });
    expect(await order('left-pad', 'approve')).toMatchObject({ status: 409, ...problem('cooldown') });

    const proposed = {
      repository,
      number: 7,
      title: 'Raise it',
      author: 'throughline',
      headRef: `refs/heads/${plan!.branch}`,
      fork: false,
    };
    const to = { base: commit, baseRef: 'refs/heads/main', defaultBranch: 'main', url: 'https://git.example/acme/shop/pulls/7' };
    const other = make(ChangeProposed, { ...proposed, ...to, head: 'd'.repeat(40) });
    await publisher.publish({ fact: other, deliveryKey: 'another head' });
    await publisher.publish({ fact: make(ChangeProposed, { ...proposed, ...to, head: fix!.commit! }), deliveryKey: 'reopened' });
    await becomes('left-pad', { state: 'open', proof: 'verified' });
  });

  it('is held by its approval no longer when somebody else pushes to its branch', async () => {
    const { plan } = await proposalOf('left-pad');
    const after = 'e'.repeat(40);
    const push = { repository, ref: `refs/heads/${plan!.branch}`, after, defaultBranch: 'main', forced: false, pusher: 'eve', commits: [] };
    await publisher.publish({ fact: make(ChangePushed, push), deliveryKey: after });

    await becomes('left-pad', { state: 'outdated', reason: expect.stringContaining('somebody else') });
  });

  it('is taken back: the change request is closed and the branch is gone, and it is not approved again at once', async () => {
    expect(await order('left-pad', 'undo')).toMatchObject({ status: 200 });

    await becomes('left-pad', { state: 'undone' });
    expect(branches()).toEqual(['refs/heads/main']);
    const last = provider.requests.filter(({ method }) => method === 'PATCH').at(-1)!;
    expect(JSON.parse(last.body)).toEqual({ state: 'closed' });
    expect(await order('left-pad', 'approve')).toMatchObject({ status: 409, ...problem('cooldown') });
  });

  it('has another branch when it is approved again: a deleted one is not used twice', async () => {
    const { fix, plan } = await proposalOf('left-pad');

    expect(plan!.branch).toBe(`${fix!.branch}-2`);
  });
});

describe('the switch', () => {
  it('ends an action that runs, and lets none begin', async () => {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    git.beforePush = () => {
      reached.resolve();
      return held.promise;
    };
    await order('right-pad', 'approve');
    await reached.promise;

    const paused = await door.call('POST', '/api/v1/remediations/pause', { body: { reason: 'stop' }, user: { id: 'ada', name: 'Ada' } });

    expect(paused.body).toMatchObject({ paused: true, by: 'Ada', reason: 'stop' } satisfies Partial<ActionSwitch>);
    await becomes('right-pad', { state: 'halted', reason: expect.stringContaining('paused by Ada: stop') });
    held.resolve();
    git.beforePush = undefined;
    expect(branches()).toEqual(['refs/heads/main']);
    expect(await order('right-pad', 'approve')).toMatchObject({ status: 409, ...problem('paused') });
  });

  it('is turned back by a second person who answers for everything, and what was halted is approved anew', async () => {
    const resume = (user: object): Promise<SignedAnswer<RemediationDetail>> =>
      door.call('POST', '/api/v1/remediations/resume', { body: { reason: 'looked at it' }, user });

    expect(await resume({ id: 'ada' })).toMatchObject({ status: 409, ...problem('second_person') });
    expect(await resume({ id: 'bob', applications: ['shop'] })).toMatchObject({ status: 403 });
    expect((await resume({ id: 'bob' })).body).toMatchObject({ paused: false });
    expect((await proposalOf('right-pad')).fix).toMatchObject({ state: 'halted' });
  });
});

describe('what a person does not want', () => {
  it('is rejected with a reason, and stays so when the same is found again', async () => {
    expect(await order('right-pad', 'reject', { reason: 'we drop it' })).toMatchObject({ status: 200, body: { state: 'rejected' } });

    await evaluate('c'.repeat(40), 'refs/heads/main', [...left, right]);

    await soon(async () => expect((await proposalOf('left-pad')).commit).toBe('c'.repeat(40)));
    expect(await proposalOf('right-pad')).toMatchObject({ state: 'rejected', reason: expect.stringContaining('we drop it') });
  });

  it('is not approved more often than the application allows', async () => {
    await settings({ branches: true, perHour: 2, cooldownMinutes: 0 });
    await soon(async () => expect((await proposalOf('left-pad')).state).toBe('proposed'));

    expect(await order('left-pad', 'approve')).toMatchObject({ status: 429, ...problem('too_many_fixes') });
  });

  it('is not pushed when the line has moved on since', async () => {
    await settings({ branches: true, perHour: 9, cooldownMinutes: 0 });

    expect(await order('left-pad', 'approve')).toMatchObject({ status: 200 });

    await becomes('left-pad', { state: 'outdated', reason: expect.stringContaining('moved on') });
    expect(branches()).toEqual(['refs/heads/main']);
  });
});
