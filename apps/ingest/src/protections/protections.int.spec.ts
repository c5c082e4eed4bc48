import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedSource, Page, RepositoryProtection, Source, WatchedRepository, WatchedRepositoryDetail } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { ProtectionKeeper } from './protection-keeper.ts';

let api: HttpReceiver;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;

beforeAll(async () => {
  api = await httpReceiver();
  platform = await (await infra()).fresh(['ingest', 'gateway', 'notifier'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, { ...platform.environment('ingest'), OUTBOUND_ALLOW: api.origin, RECONCILE_SECONDS: '0' });
  door = new SignedCaller(ingest, platform);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await api?.close();
});

async function sourceOf(kind: string, settings: object): Promise<CreatedSource> {
  const body = { kind, name: 'code', settings: { baseUrl: api.origin, apiUrl: api.origin, ...settings } };
  const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body });
  const name = `acme/${randomUUID().slice(0, 8)}`;
  await ingest.get(Database).rows(
    `insert into repository (id, repository, name, full_name, clone_url, source_id, default_branch)
     values ($1, $2, $3, $3, $4, $5, 'main')`,
    [randomUUID(), `github.com/${name}`, name, `https://github.com/${name}`, source.id],
  );
  return source;
}

async function look(): Promise<void> {
  await ingest.get(Database).rows("update seen_protection set checked_at = now() - interval '1 year'");
  await ingest.get(ProtectionKeeper).tick();
}

const stateOf = async ({ id }: CreatedSource): Promise<Source['protection']> =>
  (await door.call<Source>('GET', `/api/v1/sources/${id}`)).body.protection;

/** The same of its only repository. */
async function protectionOf({ id }: CreatedSource): Promise<RepositoryProtection> {
  const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${id}`);
  return (await door.call<WatchedRepositoryDetail>('GET', `/api/v1/repositories/${body.items[0]!.id}`)).body.protection;
}

/** What the notifier is told when it asks. */
const toldNotifier = (repository: string) =>
  new SignedCaller(ingest, platform, 'notifier').call<RepositoryProtection>('POST', '/internal/repositories/protection', {
    body: { repository },
  });

async function repositoryOf({ id }: CreatedSource): Promise<string> {
  const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${id}`);
  return body.items[0]!.repository;
}

describe('a source whose host tells what it requires', () => {
  it('says where a change gets in without our word, and that it is over', async () => {
    api.answer = () => ({ status: 200, body: '[]' });
    const source = await sourceOf('gitea', { token: 't0ken' });
    expect(await stateOf(source)).toEqual({ required: 0, waiting: 1, faults: [] });
    expect(await protectionOf(source)).toEqual({ state: 'waiting', branch: 'main', host: 'gitea' });

    await look();

    await eventually(async () =>
      expect(await stateOf(source)).toMatchObject({
        required: 0,
        waiting: 0,
        faults: [{ detail: expect.stringContaining('without the check') }],
      }),
    );
    expect(await protectionOf(source)).toMatchObject({ state: 'not_required', detail: expect.stringContaining('without the check') });
    const rule = { rule_name: 'main', enable_status_check: true, status_check_contexts: ['throughline'] };
    api.answer = () => ({ status: 200, body: JSON.stringify([rule]) });
    await look();
    await eventually(async () => expect(await stateOf(source)).toEqual({ required: 1, waiting: 0, faults: [] }));
    const right = { state: 'right', branch: 'main', host: 'gitea', at: expect.any(String) };
    expect(await protectionOf(source)).toEqual(right);
    expect(await toldNotifier(await repositoryOf(source))).toMatchObject({ status: 200, body: right });
  });

  it('says what it may not see', async () => {
    api.answer = () => ({ status: 403 });
    const source = await sourceOf('github', { token: 't0ken' });

    await look();

    await eventually(async () =>
      expect(await stateOf(source)).toMatchObject({ faults: [{ detail: expect.stringContaining('it is not known what main requires') }] }),
    );
    expect(await protectionOf(source)).toMatchObject({ state: 'unknown', host: 'github' });
  });

  it('is not asked without a token', async () => {
    const source = await sourceOf('github', {});

    expect(await stateOf(source)).toBeUndefined();
    expect(await protectionOf(source)).toMatchObject({
      state: 'not_looked',
      detail: expect.stringContaining('neither a token nor an App'),
    });
  });

  it('says nothing of a repository that is not known, nor to anybody but the notifier', async () => {
    const body = { repository: 'git.example/acme/none' };

    const unknown = await toldNotifier(body.repository);
    const stranger = await door.call('POST', '/internal/repositories/protection', { body, asService: true });

    expect([unknown.status, stranger.status]).toEqual([404, 403]);
  });

  it('that does not tell is not asked', async () => {
    const source = await sourceOf('bitbucket', { token: 't0ken' });

    expect(await protectionOf(source)).toMatchObject({ state: 'not_looked', detail: expect.stringContaining('is not asked') });
  });
});
