import { execFileSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedSource, WebhookDeliveryDetail, WebhookReceipt } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import definition from '../service.ts';

let root: string;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;
let source: CreatedSource;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'throughline-push-order-'));
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, { ...platform.environment('ingest'), FILE_URL_ROOTS: root, RECONCILE_SECONDS: '0' });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
  const settings = { baseUrl: 'https://code.example', cloneUrl: `${pathToFileURL(root).href}/{fullName}.git` };
  source = (await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'github', name: 'code', settings } })).body;
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  rmSync(root, { recursive: true, force: true });
});

/** Makes a commit on the branch `main` of a repository at the origin. */
function commit(name: string): string {
  const folder = join(root, 'acme', `${name}.git`);
  const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
  if (!existsSync(folder)) execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', `--message=${randomUUID()}`);
  return git('rev-parse', 'HEAD');
}

async function push(name: string, before: string, after: string, more: object = {}): Promise<WebhookReceipt> {
  const payload = {
    ref: 'refs/heads/main',
    before,
    after,
    commits: [],
    nonce: randomUUID(),
    repository: { full_name: `acme/${name}`, ...more },
  };
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', source.secret).update(body).digest('hex');
  const headers = { 'x-github-event': 'push', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': `sha256=${signature}` };
  const answer = await door.call<WebhookReceipt>('POST', `/hooks/${source.id}`, {
    body,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(202);
  return answer.body;
}

async function delivery(id: string): Promise<WebhookDeliveryDetail> {
  return (await door.call<WebhookDeliveryDetail>('GET', `/api/v1/deliveries/${id}`)).body;
}

async function headOf(name: string): Promise<string | undefined> {
  const sql = `select commit from repository_head join repository on repository.id = repository_id where repository = $1 and ref = 'refs/heads/main'`;
  return (await ingest.get(Database).rows<{ commit: string }>(sql, [`code.example/acme/${name}`]))[0]?.commit;
}

/** Pushes that left, as `<before> <after>`. */
async function published(name: string): Promise<{ after: string; id: string; supersedes: string | undefined }[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records
    .filter(({ key, headers }) => key === `code.example/acme/${name}` && headers['ce_type']!.includes('pushed'))
    .map(({ value, headers }) => ({
      after: (JSON.parse(value) as { after: string }).after,
      id: headers['ce_id']!,
      supersedes: headers['ce_supersedes'],
    }));
}

const none = '0'.repeat(40);

describe('a signed push', () => {
  it('of an older commit leaves the branch where it is, and its delivery says stale', async () => {
    const [first, second] = [commit('old'), commit('old')];
    await push('old', none, first);
    await push('old', first, second);

    const replayed = await push('old', none, first);

    expect(replayed).toMatchObject({ facts: 0, ignored: expect.stringContaining('checking') });
    await eventually(async () => expect(await delivery(replayed.deliveryId)).toMatchObject({ status: 'stale', facts: [] }), 20_000);
    expect((await delivery(replayed.deliveryId)).reason).toContain(`is at ${second.slice(0, 12)}`);
    expect(await headOf('old')).toBe(second);
    expect((await published('old')).map(({ after }) => after)).toEqual([first, second]);
  }, 60_000);

  it('that was said before the last one is asked about, though it begins where the branch is', async () => {
    const [first, second] = [commit('said'), commit('said')];
    await push('said', none, first, { pushed_at: 1_780_000_000 });
    await push('said', first, second, { pushed_at: 1_780_000_900 });

    const rolledBack = await push('said', second, first, { pushed_at: 1_780_000_500 });

    await eventually(async () => expect(await delivery(rolledBack.deliveryId)).toMatchObject({ status: 'stale' }), 20_000);
    expect(await headOf('said')).toBe(second);
  }, 60_000);

  it('that follows a missed one is taken when the origin confirms it', async () => {
    const first = commit('missed');
    await push('missed', none, first);
    const [between, last] = [commit('missed'), commit('missed')];

    const late = await push('missed', between, last);

    await eventually(
      async () => expect(await delivery(late.deliveryId)).toMatchObject({ status: 'accepted', facts: [{ type: 'change.pushed' }] }),
      20_000,
    );
    expect(await headOf('missed')).toBe(last);
    await eventually(async () => expect((await published('missed')).map(({ after }) => after)).toEqual([first, last]));
  }, 60_000);
});

it('a replay by a better translation replaces the fact, and one by the same changes nothing', async () => {
  const { deliveryId } = await push('better', none, commit('better'));
  const [former] = (await delivery(deliveryId)).facts;
  await door.call('POST', `/api/v1/deliveries/${deliveryId}/replay`);
  // What an earlier translation had said.
  const told = JSON.stringify([{ ...former, id: '00000000-0000-5000-8000-000000000000' }]);
  await ingest.get(Database).rows('update delivery set facts = $2 where id = $1', [deliveryId, told]);

  await door.call('POST', `/api/v1/deliveries/${deliveryId}/replay`);

  await eventually(async () =>
    expect((await published('better')).map(({ id, supersedes }) => [id, supersedes])).toEqual([
      [former!.id, undefined],
      [former!.id, undefined],
      [former!.id, '00000000-0000-5000-8000-000000000000'],
    ]),
  );
}, 60_000);
