import { randomUUID } from 'node:crypto';
import type {
  AuditEntry,
  FindingAnswer,
  LinkCode,
  LinkedAccount,
  Page,
  PersonMade,
  WaiverAnswer,
  WebhookDelivery,
  WebhookReceipt,
} from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { Api, giteaHeaders, push, site } from './api.ts';
import { GitRepository } from './git-repository.ts';
import { installedScanners } from './scanner-tools.ts';
import { Shop, vulnerableLock } from './shop.ts';

const name = 'shop/till';

/** A comment at the fake host. */
interface Kept {
  readonly id: number;
  readonly user: { readonly id: number };
  body: string;
}

let shop: Shop;
let till: GitRepository;
let base: string;
let head: string;
let ada: Api;
let kept: Kept[] = [];
let comments = 1000;

beforeAll(async () => {
  shop = await Shop.open({ toolsDir: installedScanners() });
  shop.provider.answer = ({ method, path, body }) => {
    if (path === '/api/v1/user') return { status: 200, body: '{"id":1}' };
    if (!path.includes('/comments')) return { status: 201, body: '{}' };
    if (method === 'GET') return { status: 200, body: JSON.stringify(kept) };
    const text = (JSON.parse(body) as { body: string }).body;
    const known = kept.find(({ id }) => path.endsWith(`/comments/${id}`));
    if (known) known.body = text;
    else kept = [...kept, { id: kept.length + 1, user: { id: 1 }, body: text }];
    return { status: known ? 200 : 201, body: JSON.stringify(known ?? kept.at(-1)) };
  };
  const { api } = shop;
  const document = { team: 'shop', tier: 'tier-1', dataClass: 'public', exposure: 'internet', owners: ['sec'] };
  await api.call('PUT', 'applications/till', { ...document, repositories: [`${site}/${name}`] }, { 'if-none-match': '*' });
  await api.call('POST', 'teams', { name: 'shop' });
  ada = await personCalled('Ada');
  till = new GitRepository(shop.platform.repositories, name);
  base = till.commit('Open the till', { 'README.md': 'a till\n' });
  expect((await push(shop.source, { repository: name, after: base })).status).toBe(202);
  head = till.branch('parser', 'Add a parser', 'package-lock.json', vulnerableLock['package-lock.json']);
  await propose();
  await comment(/1 matter blocks this change/);
}, 600_000);

afterAll(() => shop?.close());

/** A developer of the team, by a token of theirs. */
async function personCalled(person: string): Promise<Api> {
  const asked = { name: person, role: 'developer', teams: ['shop'] };
  const made = await shop.api.call<PersonMade>('POST', 'people', asked);
  return new Api(shop.api.server, made.token!.secret!);
}

async function send(event: string, payload: object, delivery: string = randomUUID()): Promise<WebhookReceipt> {
  const body = JSON.stringify({ ...payload, repository: { full_name: name, clone_url: `${site}/${name}.git`, default_branch: 'main' } });
  const response = await fetch(shop.source.url, { method: 'POST', headers: giteaHeaders(shop.source.secret, event, body, delivery), body });
  expect(response.status).toBe(202);
  return (await response.json()) as WebhookReceipt;
}

async function propose(): Promise<void> {
  expect((await push(shop.source, { repository: name, after: head, ref: 'refs/heads/parser' })).status).toBe(202);
  const request = {
    ...{ number: 7, title: 'Add a parser', user: { login: 'ada' } },
    ...{ head: { sha: head, ref: 'parser', repo: { full_name: name } }, base: { sha: base, ref: 'main' } },
  };
  await send('pull_request', { action: 'opened', number: 7, pull_request: request });
}

interface Writer {
  readonly id: number;
  readonly login: string;
}

const adaThere: Writer = { id: 41, login: 'ada' };

/** Somebody writes below the change request; answers what the delivery came to. */
async function write(text: string, who: Writer = adaThere): Promise<WebhookDelivery> {
  comments += 1;
  const told = { id: comments, body: text, user: who };
  const { deliveryId } = await send('issue_comment', {
    action: 'created',
    sender: who,
    issue: { number: 7, pull_request: {} },
    comment: told,
  });
  return eventually(async () => {
    const delivery = await shop.api.get<WebhookDelivery>(`deliveries/${deliveryId}`);
    expect(delivery.status).not.toBe('checking');
    return delivery;
  }, 60_000);
}

const comment = (text: RegExp): Promise<void> =>
  eventually(() => expect(kept.map(({ body }) => body)).toContainEqual(expect.stringMatching(text)), 240_000);

const findings = async (): Promise<readonly FindingAnswer[]> =>
  (await shop.api.get<Page<FindingAnswer>>('findings?class=vulnerability&detection=open')).items;
const waivers = async (): Promise<readonly WaiverAnswer[]> => (await shop.api.get<Page<WaiverAnswer>>('waivers')).items;

describe('a command below a change request', () => {
  it('is offered by the comment, with the number of the matter', () => {
    expect(kept).toHaveLength(1);
    expect(kept[0]!.body).toMatch(/^\*\*1\.\*\* \*\*Blocks\*\* · `minimist 1\.2\.5`/m);
    expect(kept[0]!.body).toContain('/throughline waive 1 until YYYY-MM-DD because …');
  });

  it('of a stranger changes nothing, and gets no answer', async () => {
    const stranger = { id: 666, login: 'mallory' };

    for (const text of ['rerun', 'false-positive 1 because I say so', 'waive 1 until 2099-01-01 because I say so', 'nonsense'])
      expect(await write(`/throughline ${text}`, stranger)).toMatchObject({
        status: 'refused',
        reason: 'refused: nobody here is linked to the account 666 (mallory)',
        facts: [],
      });

    expect(kept).toHaveLength(1);
    expect((await findings()).map(({ triage }) => triage)).not.toContain('false_positive');
    expect(await waivers()).toEqual([]);
  }, 120_000);

  it('counts as that of the person to whom the account proved to belong', async () => {
    const { secret } = await ada.call<LinkCode>('POST', 'linked-accounts/codes', { source: shop.source.id, login: 'ada' });

    expect(await write(`/throughline link ${secret}`, { id: 666, login: 'mallory' })).toMatchObject({ status: 'refused' });
    expect(await write(`/throughline link ${secret}`)).toMatchObject({ status: 'accepted', reason: 'linked' });
    expect(await write(`/throughline link ${secret}`)).toMatchObject({ status: 'refused' });

    const { items } = await ada.get<Page<LinkedAccount>>('linked-accounts');
    expect(items).toMatchObject([{ source: shop.source.id, account: '41', login: 'ada', personName: 'Ada', proof: 'comment' }]);
    await comment(/^This account is linked now/);
  }, 120_000);

  it('asks for an exception, which somebody else has to approve', async () => {
    expect(await write('/throughline waive 1 until 2020-01-01 because it is old')).toMatchObject({ status: 'refused' });
    await comment(/waive was refused: 2020-01-01 is over/);

    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const { status, reason } = await write(`Not now.\n/throughline waive 1 until ${until} because the parser is never fed from outside`);

    expect({ status, reason, waivers: await waivers() }).toMatchObject({
      ...{ status: 'accepted', reason: 'waive, as Ada' },
      waivers: [{ state: 'requested', requestedBy: 'Ada', reason: 'the parser is never fed from outside' }],
    });
    await comment(new RegExp(`^W.{1,3}\\d+ asks to accept 1 until ${until.slice(0, 4)}`));
  }, 120_000);

  it('has the head scanned again', async () => {
    expect(await write('/throughline rerun')).toMatchObject({ status: 'accepted', reason: 'rerun, as Ada' });

    await comment(new RegExp(`^${head.slice(0, 7)} is scanned again`));
    await eventually(async () => {
      const { items } = await shop.api.get<Page<AuditEntry>>('audit?outcome=done');
      expect(items).toContainEqual(
        expect.objectContaining({ actorName: 'Ada', subject: expect.stringMatching(/^\/api\/v1\/repositories\/[^/]+\/scan$/) }),
      );
    }, 60_000);
  }, 120_000);

  it('that cannot be read, or names what is not there, says so', async () => {
    await write('/throughline accept everything');
    await comment(/there is no such command/);

    expect(await write('/throughline false-positive 9 because it is a test')).toMatchObject({ status: 'refused' });
    await comment(/names no finding with the number 9/);
  }, 120_000);

  it('notes a false positive as the person, in the audit log, too', async () => {
    expect(await write('/throughline false-positive 1 because "it is a test fixture"')).toMatchObject({ status: 'accepted' });

    await eventually(async () => expect((await findings()).map(({ triage }) => triage)).toContain('false_positive'), 30_000);
    await eventually(async () => {
      const { items } = await shop.api.get<Page<AuditEntry>>('audit?operation=ledger.findings.triage');
      expect(items).toContainEqual(expect.objectContaining({ actorName: 'Ada', outcome: 'done' }));
    }, 60_000);
  }, 120_000);

  it('counts for nothing once the link is gone', async () => {
    const { items } = await ada.get<Page<LinkedAccount>>('linked-accounts');
    await ada.call('DELETE', `linked-accounts/${items[0]!.id}`);

    expect(await write('/throughline rerun')).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('nobody here is linked'),
    });
  }, 60_000);

  it('has no effect again when its delivery is replayed', async () => {
    const { items } = await shop.api.get<Page<WebhookDelivery>>('deliveries?status=accepted');
    const given = items.find(({ event, reason }) => event === 'issue_comment' && reason === 'rerun, as Ada')!;

    await expect(shop.api.call('POST', `deliveries/${given.id}/replay`, {})).rejects.toThrow(/409.*has its effect once/s);
  }, 60_000);
});
