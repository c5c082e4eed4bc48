import type { Alert, FindingAnswer, Page, Remediation, RemediationDetail } from '@throughline/contracts';
import { eventually, httpReceiver, type HttpReceiver } from '@throughline/testing';
import type { GitRepository } from '../../journeys/git-repository.ts';
import { vulnerableLock } from '../../journeys/shop.ts';
import { GiteaShop } from './gitea-shop.ts';
import { npmDocument } from './npm-document.ts';

const raised = (to: string): Record<string, string> =>
  Object.fromEntries(Object.entries(vulnerableLock).map(([path, text]) => [path, text.replaceAll('1.2.5', to)]));

let registry: HttpReceiver;
let shop: GiteaShop;

beforeAll(async () => {
  registry = await httpReceiver();
  registry.answer = ({ path }) =>
    path === '/minimist' ? { status: 200, body: npmDocument('minimist', ['1.2.5', '1.2.6', '1.2.8']) } : { status: 404, body: '{}' };
  shop = await GiteaShop.open({ ASK_REGISTRIES: 'true', NPM_REGISTRY: registry.origin }, [registry.origin]);
}, 900_000);

afterAll(async () => {
  shop?.platform.signal('ledger', 'SIGCONT');
  await shop?.close();
  await registry?.close();
}, 120_000);

describe('a protected branch on a real Gitea', () => {
  let till: GitRepository;
  let pull: number;

  it('a push over HTTP is judged, and the commit turns green', async () => {
    till = await shop.repository('till');
    const commit = till.commit('Open the till', { 'README.md': 'a till\n' });

    shop.push(till, 'main');

    const { context } = await shop.becomes(till, commit, 'success');
    await shop.protect(till, context);
  }, 300_000);

  it('a change stays pending and is not merged while nothing is decided', async () => {
    shop.platform.signal('ledger', 'SIGSTOP');
    const commit = till.commit('Add a parser', vulnerableLock);

    shop.push(till, 'parser');
    const asked = { title: 'Add a parser', head: 'parser', base: 'main' };
    pull = (await shop.made<{ number: number }>('repos/shop/till/pulls', asked)).number;
    await shop.becomes(till, commit, 'pending');

    expect((await shop.merge(till, pull)).status).toBe(405);
    shop.platform.signal('ledger', 'SIGCONT');
  }, 300_000);

  it('it is blocked with the reason, and still not merged', async () => {
    const status = await shop.becomes(till, till.head(), 'failure');

    expect(status.description).toMatch(/^Blocked: /);
    expect((await shop.merge(till, pull)).status).toBe(405);
    await shop.comments(till, pull, [expect.stringMatching(/^### Throughline: \d+ matters? blocks? this change[^]*`minimist 1\.2\.5`/)]);
  }, 300_000);

  it("somebody else's green is replaced at once, and people hear of it", async () => {
    const { context } = await shop.becomes(till, till.head(), 'failure');
    const forged = { context, state: 'success', description: 'All is well' };

    await shop.made(`repos/shop/till/statuses/${till.head()}`, forged);

    await eventually(async () => {
      const { items } = await shop.api.get<Page<Alert>>('alerts?state=open');
      expect(items).toContainEqual(expect.objectContaining({ kind: 'foreign-status', title: 'shop/till: somebody else wrote our check' }));
    }, 60_000);
    expect((await shop.becomes(till, till.head(), 'failure')).description).toMatch(/^Blocked: /);
    expect((await shop.merge(till, pull)).status).toBe(405);
  }, 300_000);

  it('the fix turns it green, and it is merged', async () => {
    const commit = till.commit('Raise the parser', raised('1.2.8'));

    shop.push(till, 'parser');
    await shop.becomes(till, commit, 'success');
    await shop.comments(till, pull, [expect.stringMatching(/^### Throughline: fixed\. [^]*Gone: `minimist 1\.2\.5`/)]);

    expect((await shop.merge(till, pull)).status).toBe(200);
  }, 300_000);
});

interface Pull {
  readonly number: number;
  readonly state: string;
  readonly title: string;
  readonly body: string;
  readonly merged: boolean;
  readonly head: { readonly ref: string; readonly sha: string };
}

describe('a fix on a real Gitea', () => {
  let desk: GitRepository;
  let commit: string;
  let fix: RemediationDetail;

  const read = (): Promise<RemediationDetail> => shop.api.get<RemediationDetail>(`remediations/${fix.id}`);
  const order = (what: string, body: object = {}): Promise<RemediationDetail> =>
    shop.api.call<RemediationDetail>('POST', `remediations/${fix.id}/${what}`, body);
  const pulls = async (state: string): Promise<Pull[]> => (await shop.call('GET', `repos/shop/desk/pulls?state=${state}`)).body as Pull[];
  const branches = async (): Promise<string[]> =>
    ((await shop.call('GET', 'repos/shop/desk/branches')).body as { name: string }[]).map(({ name }) => name);
  const becomes = (expected: Partial<NonNullable<Remediation['fix']>>): Promise<RemediationDetail> =>
    eventually(async () => {
      const now = await read();
      expect(now.fix).toMatchObject(expected);
      return now;
    }, 120_000);

  it('is proposed, and pushes nothing while nobody allowed it', async () => {
    const document = { team: 'shop', tier: 'tier-1', dataClass: 'public', exposure: 'internet', owners: ['sec'] };
    const repositories = [`${shop.gitea.url}/shop/desk`];
    await shop.api.call('PUT', 'applications/desk', { ...document, repositories }, { 'if-none-match': '*' });
    desk = await shop.repository('desk');
    commit = desk.commit('Open the desk', { ...vulnerableLock, 'README.md': 'a desk\n' });
    shop.push(desk, 'main');
    await shop.becomes(desk, commit, 'failure');

    const proposed = await eventually(async () => {
      const { items } = await shop.api.get<Page<Remediation>>('remediations?state=proposed&application=desk');
      expect(items).toHaveLength(1);
      return items[0]!;
    }, 60_000);
    fix = await shop.api.get<RemediationDetail>(`remediations/${proposed.id}`);

    expect(fix).toMatchObject({ to: '1.2.6', commit, proven: true, plan: { base: 'main' } });
    expect(fix.incomplete).toBeUndefined();
    await expect(order('approve')).rejects.toThrow(/not_opted_in/);
    expect(await branches()).toEqual(['main']);
  }, 300_000);

  it('becomes a branch and one pull request when it is approved, and both go when it is taken back', async () => {
    await shop.api.call('PUT', 'remediations/settings/desk', { branches: true, cooldownMinutes: 0 });
    await order('approve?dryRun=true');
    expect((await read()).fix).toBeUndefined();

    await order('approve', { diff: fix.diffDigest });
    const applied = await becomes({ state: 'open' });

    const [pull, ...others] = await pulls('open');
    expect(others).toEqual([]);
    expect(pull).toMatchObject({ number: applied.fix!.changeRequest!.number, title: fix.summary });
    expect(pull!.head).toMatchObject({ ref: fix.plan!.branch, sha: applied.fix!.commit });
    expect(pull!.body).toContain('CVE-2021-44906');
    const { body } = await shop.call('GET', `repos/shop/desk/pulls/${pull!.number}/files`);
    expect((body as { filename: string }[]).map(({ filename }) => filename).sort()).toEqual(['package-lock.json', 'package.json']);

    await order('undo');
    await becomes({ state: 'undone' });
    expect(await pulls('open')).toEqual([]);
    expect(await branches()).toEqual(['main']);
  }, 300_000);

  it('is verified by the scan of its branch alone, and passes the gate', async () => {
    await order('approve', { diff: fix.diffDigest });

    const verified = await becomes({ state: 'open', proof: 'verified', branch: `${fix.plan!.branch}-2` });
    await shop.protect(desk, (await shop.becomes(desk, verified.fix!.commit!, 'success')).context);
    await eventually(async () => expect((await pulls('open'))[0]!.body).toContain('**Verified:**'), 60_000);
  }, 300_000);

  it('is closed by a person, which is seen, and opened again', async () => {
    const [pull] = await pulls('open');
    const told = (state: string): Promise<unknown> => shop.call('PATCH', `repos/shop/desk/pulls/${pull!.number}`, { state });

    await told('closed');
    await becomes({ state: 'closed', reason: 'its change request was closed without a merge by keeper' });

    await told('open');
    await becomes({ state: 'open', proof: 'verified' });
  }, 300_000);

  it('is merged, and its finding is closed', async () => {
    const [finding] = fix.findings;
    const [pull] = await pulls('open');

    expect((await shop.merge(desk, pull!.number)).status).toBe(200);

    await becomes({ state: 'merged' });
    await eventually(async () => {
      expect((await read()).state).toBe('gone');
      expect((await shop.api.get<FindingAnswer>(`findings/${finding}`)).detection).toBe('resolved');
    }, 240_000);
  }, 300_000);
});
