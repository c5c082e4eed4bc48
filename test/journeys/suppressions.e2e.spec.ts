import { randomBytes } from 'node:crypto';
import type { GateAnswer, OutboxMessage, Page, PersonMade, WaiverAnswer } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { Api, push, site } from './api.ts';
import { GitRepository } from './git-repository.ts';
import { installedScanners } from './scanner-tools.ts';
import { Shop } from './shop.ts';

const name = 'shop/till';
const token = (): string => `ghp_${randomBytes(18).toString('hex')}`;

/** A key, and everything that asks scanners to pass over it. */
const silenced = (): string => `# secretlint-disable\nTOKEN=${token()} # gitleaks:allow pragma: allowlist secret\n`;

let shop: Shop;
let till: GitRepository;
let base: string;

beforeAll(async () => {
  shop = await Shop.open({ toolsDir: installedScanners() });
  till = new GitRepository(shop.platform.repositories, name);
  base = till.commit('Open the till', { 'README.md': 'a till\n' });
  await push(shop.source, { repository: name, after: base });
}, 600_000);

afterAll(() => shop?.close());

const gate = (commit: string, api = shop.api): Promise<GateAnswer> =>
  eventually(async () => {
    const subject = { repository: `${site}/${name}`, commit };
    const answer = await api.call<GateAnswer>('POST', 'gate', { gate: 'change', subject, wait: 40 });
    expect(answer.decision).not.toBe('undecided');
    return answer;
  }, 240_000);

const requests = async (): Promise<readonly WaiverAnswer[]> =>
  (await shop.api.get<Page<WaiverAnswer>>('waivers?origin=repository&state=requested')).items;

describe('what asks scanners to say nothing', () => {
  it('does nothing in a change, which stays red and names it', async () => {
    const change = till.branch('key', 'Add a key', 'app.env', silenced());
    await push(shop.source, { repository: name, after: change, ref: 'refs/heads/key' });

    const { decision, suppressions } = await gate(change);

    expect(decision).toBe('deny');
    expect(suppressions!.total).toBe(3);
    expect(suppressions!.named.map(({ tool, path, line }) => `${tool} ${path}:${line}`).sort()).toEqual([
      'detect-secrets app.env:2',
      'gitleaks app.env:2',
      'secretlint app.env:1',
    ]);
    expect(await requests()).toEqual([]);
  }, 300_000);

  it('asks for an exception on the default branch, which counts once somebody approves it', async () => {
    const after = till.commit('Add a key', { 'app.env': silenced(), '.trivyignore': '# dev only\nCVE-2020-8203 exp:2099-12-31\n' });
    await push(shop.source, { repository: name, before: base, after });
    expect(await gate(after)).toMatchObject({ decision: 'deny' });

    const found = await eventually(async () => {
      const asked = await requests();
      expect(asked.map(({ origin }) => origin!.file).sort()).toEqual(['.trivyignore', 'app.env']);
      return asked;
    }, 120_000);

    const by = { author: 'Developer', email: 'developer@shop.example' };
    const [key, library] = ['app.env', '.trivyignore'].map((file) => found.find(({ origin }) => origin!.file === file)!);
    expect(library).toMatchObject({ reason: 'dev only', requestedBy: 'Developer <developer@shop.example>' });
    expect(library!.scope.anyOf).toMatchObject([{ ...by, cve: 'CVE-2020-8203' }]);
    expect(key!.scope.anyOf!.map(({ findings }) => findings!.length)).toEqual([1, 1, 1]);
    expect(key!.scope.anyOf![0]).toMatchObject(by);
    const days = (Date.parse(key!.until) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);

    const made = await shop.api.call<PersonMade>('POST', 'people', { name: 'Sam', role: 'administrator' });
    // The first administrator's token ends with the first named one.
    const sam = new Api(shop.api.server, made.token!.secret!);
    await sam.call('POST', `waivers/${key!.id}/approve`, { digest: key!.digest });
    await eventually(
      async () => expect(await gate(after, sam)).toMatchObject({ decision: 'pass', waived: [{ label: key!.label }] }),
      60_000,
    );

    await sam.call('POST', `waivers/${key!.id}/revoke`, { reason: 'the key is gone' });
    await eventually(async () => {
      const titles = (await sam.get<Page<OutboxMessage>>('outbox?kind=alert')).items.map(({ title }) => title);
      expect(titles.filter((title) => title.startsWith(`Exception ${key!.label} has ended: it was revoked`))).toHaveLength(1);
    }, 60_000);
  }, 400_000);
});
