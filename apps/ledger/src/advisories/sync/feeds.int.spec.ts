import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdvisoryDetail, FeedAnswer, FeedSync, FindingAnswer } from '@throughline/contracts';
import { component, eventually, LedgerInTest, osvRecord, zipOf } from '@throughline/testing';
import definition from '../../service.ts';
import { FeedFile } from './feed-file.ts';
import { feedHost, type FeedHost } from './fixtures/feed-host.ts';

let ledger: LedgerInTest;
let host: FeedHost;
let folder: string;

beforeAll(async () => {
  host = await feedHost();
  folder = await mkdtemp(join(tmpdir(), 'feeds-'));
  ledger = await LedgerInTest.start(definition, { OUTBOUND_ALLOW: host.origin, FEED_FILE_ROOTS: folder });
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
  await host?.close();
  await rm(folder, { recursive: true, force: true });
});

let number = 0;
let feed = '';
let path = '';

beforeEach(() => {
  number += 1;
  feed = `osv-${number}`;
  path = `/${number}/all.zip`;
});

const at = (rest = ''): string => `/api/v1/advisories/feeds/${feed}${rest}`;
const nameOf = (index: number): string => `GHSA-${number}-${String(index).padStart(3, '0')}`;
const packageOf = (index: number): string => `package-${number}-${index}`;

function records(count: number, change: (index: number) => object = () => ({})): Record<string, string> {
  const all = Array.from({ length: count }, (_, index) => ({
    ...osvRecord(nameOf(index), packageOf(index), [{ introduced: '0' }, { fixed: '2.0.0' }]),
    ...change(index),
  }));
  return Object.fromEntries(all.map((record) => [`${(record as { id: string }).id}.json`, JSON.stringify(record)]));
}

const large = (count: number): Buffer =>
  zipOf(
    records(count, () => ({ details: 'x'.repeat(20_000) })),
    { stored: true },
  );

const withdrawn = { modified: '2026-02-01T00:00:00Z', withdrawn: '2026-02-01T00:00:00Z' };

async function configured(source: object = { format: 'osv', url: `${host.origin}${path}` }): Promise<void> {
  expect(await ledger.call('PUT', at(), { body: { source } })).toMatchObject({ status: 200, body: { source } });
}

async function synced(file?: Buffer): Promise<FeedSync> {
  if (file) host.files.set(path, file);
  expect(await ledger.call('POST', at('/sync'))).toMatchObject({ status: 202 });
  return ended();
}

async function ended(): Promise<FeedSync> {
  const sync = await eventually(async () => {
    const found = (await ledger.call<FeedAnswer>('GET', at())).body.sync!;
    expect(['done', 'failed', 'held', 'discarded']).toContain(found.state);
    return found;
  });
  await ledger.idle();
  return sync;
}

const read = async (index: number): Promise<AdvisoryDetail> =>
  (await ledger.call<AdvisoryDetail>('GET', `/api/v1/advisories/${nameOf(index)}`)).body;

describe('a sync of a feed', () => {
  it('takes in the file, finds what is in use, and says how it went', async () => {
    const repository = `git.example/acme/feed-${number}`;
    await ledger.scan({ repository, commit: 'a', position: 1, components: [component(packageOf(0), '1.0.0')] });
    await configured();

    const sync = await synced(zipOf({ ...records(3), 'GHSA-broken.json': '{' }));

    expect(sync).toMatchObject({ state: 'done', records: 4, accepted: 3, unchanged: 0, rejected: 1, standing: 0, bytes: sync.bytesTotal });
    expect((await ledger.call<FeedAnswer>('GET', at())).body).toMatchObject({ rows: 3, age: expect.any(Number), trustedForFixes: false });
    const { items } = (await ledger.call<{ items: FindingAnswer[] }>('GET', `/api/v1/findings?repository=${repository}`)).body;
    expect(items).toMatchObject([{ rule: nameOf(0), detection: 'open' }]);
    expect((await ledger.call('GET', '/api/v1/advisories/feeds')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: feed, sync: expect.objectContaining({ state: 'done' }) })]),
    });
  });

  it('does not fetch again what did not change, and takes in only what did', async () => {
    await configured();
    await synced(zipOf(records(3)));

    expect(await synced()).toMatchObject({ state: 'done', bytes: 0, accepted: 0 });
    expect(host.asked.at(-1)).toMatchObject({ path, status: 304 });
    const changed = records(4, (index) => (index === 1 ? { summary: 'told anew', modified: '2026-03-01T00:00:00Z' } : {}));
    expect(await synced(zipOf(changed))).toMatchObject({
      state: 'done',
      accepted: 2,
      unchanged: 2,
      withdraws: 0,
      reranges: 0,
      standing: 3,
    });
    expect((await read(1)).summary).toBe('told anew');
  });

  it('goes on where a download broke off', async () => {
    await configured();
    host.breakAfter = 300_000;

    const sync = await synced(large(20));

    expect(sync).toMatchObject({ state: 'done', accepted: 20 });
    expect(host.asked.filter((one) => one.path === path)).toEqual([
      { path, range: undefined, status: 200 },
      { path, range: expect.stringMatching(/^bytes=[1-9]\d+-$/), status: 206 },
    ]);
  });

  it('begins anew when the file changed while it was away', async () => {
    await configured();
    host.breakAfter = 300_000;
    host.files.set(path, large(20));
    await ledger.call('POST', at('/sync'));
    await eventually(async () =>
      expect((await ledger.call<FeedAnswer>('GET', at())).body.sync).toMatchObject({ error: expect.any(String) }),
    );

    host.files.set(path, large(21));

    expect(await ended()).toMatchObject({ state: 'done', accepted: 21 });
  });

  it('fails with the reason, and leaves what is known', async () => {
    await configured();
    await synced(zipOf(records(2)));

    expect(await synced(Buffer.from('<html>sign in first</html>'))).toMatchObject({
      state: 'failed',
      error: 'nothing in the file is an OSV record',
    });
    host.files.delete(path);
    expect(await synced()).toMatchObject({ state: 'failed', error: expect.stringMatching(/answered 404/) });
    expect((await ledger.call<FeedAnswer>('GET', at())).body).toMatchObject({ rows: 2, error: expect.stringMatching(/404/) });
    expect((await read(0)).withdrawn).toBeUndefined();
  });

  it('follows a redirect only to where it could have been sent', async () => {
    host.files.set(path, zipOf(records(2)));
    host.redirects.set(`${path}/moved`, path);
    await configured({ format: 'osv', url: `${host.origin}${path}/moved` });
    expect(await synced()).toMatchObject({ state: 'done', accepted: 2 });

    for (const elsewhere of [
      `file://${folder}/x`,
      'http://osv.example/all.zip',
      'https://me:secret@osv.example/all.zip',
      `${path}/moved`,
    ]) {
      host.redirects.set(`${path}/moved`, elsewhere);
      expect(await synced()).toMatchObject({ state: 'failed', error: expect.stringMatching(/^the address|redirects more than 3 times/) });
    }
  });

  it('ends with its address, and what the feed said stays', async () => {
    await configured();
    await synced(zipOf(records(20)));
    expect(await synced(zipOf(records(10)))).toMatchObject({ state: 'held' });

    const answer = await ledger.call<FeedAnswer>('DELETE', at('/source'));

    expect(answer).toMatchObject({ status: 200, body: { rows: 20, sync: { state: 'discarded' } } });
    expect(answer.body).not.toHaveProperty('source');
    expect(await ledger.call('POST', at('/sync'))).toMatchObject({ status: 404 });
    expect(await ledger.call('DELETE', '/api/v1/advisories/feeds/nowhere/source')).toMatchObject({ status: 404 });
  });

  it('comes by itself', async () => {
    host.files.set(path, zipOf(records(1)));

    await configured({ format: 'osv', url: `${host.origin}${path}`, everySeconds: 300 });

    await eventually(async () => expect((await ledger.call<FeedAnswer>('GET', at())).body.sync).toMatchObject({ state: 'done' }));
  });

  it('works from files, without any host', async () => {
    const file = join(folder, `${number}.ndjson.gz`);
    await writeFile(file, gzipSync(Object.values(records(3)).join('\n')));
    await configured({ format: 'osv', url: `file://${file}` });

    expect(await synced()).toMatchObject({ state: 'done', accepted: 3 });
  });

  it.each([
    ['http://osv.example/all.zip', 'https'],
    ['file:///etc/passwd', 'FEED_FILE_ROOTS'],
  ])('of %s is refused', async (url, why) => {
    const answer = await ledger.call('PUT', at(), { body: { source: { format: 'osv', url } } });

    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(why) } });
  });

  it('is a right of its own, and so is its address', async () => {
    const writer = { user: { rights: ['advisories:read', 'advisories:write'] } };
    const source = { format: 'osv', url: 'https://osv.example/all.zip' };

    expect(await ledger.call('PUT', at(), { body: { source }, ...writer })).toMatchObject({ status: 403 });
    expect(await ledger.call('POST', at('/sync'), { user: { rights: ['advisories:read'] } })).toMatchObject({ status: 403 });
    expect(await ledger.call('POST', at('/sync'), writer)).toMatchObject({ status: 404 });
  });
});

describe('a sync that takes back more than 5 % of a feed', () => {
  const twoOf = (index: number): object => (index < 2 ? withdrawn : {});

  it('changes nothing until a person releases it', async () => {
    await configured();
    await synced(zipOf(records(20)));

    expect(await synced(zipOf(records(20, twoOf)))).toMatchObject({ state: 'held', withdraws: 2, standing: 20, accepted: 0 });
    expect((await read(0)).withdrawn).toBeUndefined();
    expect(await ledger.call('POST', at('/sync'))).toMatchObject({ status: 409 });
    expect(await ledger.call('POST', at('/sync/release'), { user: { rights: ['advisories:write'] } })).toMatchObject({ status: 403 });

    expect(await ledger.call('POST', at('/sync/release'), { user: { name: 'grace' } })).toMatchObject({ status: 202 });
    expect(await ended()).toMatchObject({ state: 'done', accepted: 2, decidedBy: 'grace' });
    expect((await read(0)).withdrawn).toBeDefined();
  });

  it('is discarded for good, and the next file is looked at again', async () => {
    await configured();
    await synced(zipOf(records(20)));
    const poisoned = zipOf(records(20, twoOf));
    await synced(poisoned);

    expect(await ledger.call('POST', at('/sync/discard'))).toMatchObject({ status: 200, body: { state: 'discarded' } });
    expect(await synced(poisoned)).toMatchObject({ state: 'failed', error: 'the file is still the one that was discarded' });
    expect(await synced(zipOf(records(21)))).toMatchObject({ state: 'done', accepted: 1 });
    expect(await ledger.call('POST', at('/sync/release'))).toMatchObject({ status: 409 });
  });

  it('is looked at again when the file that a person agreed to is gone', async () => {
    await configured();
    await synced(zipOf(records(20)));
    const { id } = await synced(zipOf(records(20, twoOf)));
    await ledger.service.get(FeedFile).remove(id);
    host.files.set(path, zipOf(records(20, (index) => (index < 5 ? withdrawn : {}))));

    await ledger.call('POST', at('/sync/release'));
    const again = await eventually(async () => {
      const { sync } = (await ledger.call<FeedAnswer>('GET', at())).body;
      expect(sync).toMatchObject({ state: 'held', withdraws: 5 });
      return sync;
    });

    expect(again).toMatchObject({ id, accepted: 0 });
  });

  it.each<[string, () => Record<string, string>, object]>([
    ['names other ranges', () => records(20, (i) => (i < 2 ? { modified: '2026-02-01T00:00:00Z', affected: [] } : {})), { reranges: 2 }],
    ['lacks records', () => records(18), { withdraws: 2 }],
  ])('because it %s is held as well', async (_what, after, counts) => {
    await configured();
    await synced(zipOf(records(20)));

    expect(await synced(zipOf(after()))).toMatchObject({ state: 'held', ...counts });
  });
});

describe('a record that a feed no longer has', () => {
  it('is withdrawn, and stands again when it is back', async () => {
    await configured();
    await synced(zipOf(records(20)));

    expect(await synced(zipOf(records(19)))).toMatchObject({ state: 'done', withdraws: 1 });
    expect((await read(19)).withdrawn).toBeDefined();

    expect(await synced(zipOf(records(20)))).toMatchObject({ state: 'done', accepted: 1 });
    expect((await read(19)).withdrawn).toBeUndefined();
  });

  it('stays when it is there and only cannot be read', async () => {
    await configured();
    await synced(zipOf(records(20)));

    expect(await synced(zipOf({ ...records(20), [`${nameOf(7)}.json`]: '{' }))).toMatchObject({ state: 'done', withdraws: 0, rejected: 1 });
    expect((await read(7)).withdrawn).toBeUndefined();
  });
});

describe('what is known about attacks', () => {
  const cve = (index: number): string => `CVE-2026-5${number}${String(index).padStart(3, '0')}`;
  const catalogue = (count: number, version: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        catalogVersion: version,
        vulnerabilities: Array.from({ length: count }, (_, index) => ({ cveID: cve(index), dateAdded: '2026-01-01' })),
      }),
    );

  it('comes from feeds too: a catalogue that lists less than before is looked at', async () => {
    await configured({ format: 'kev', url: `${host.origin}${path}` });

    expect(await synced(catalogue(20, '2026.01.01'))).toMatchObject({ state: 'done', accepted: 20 });
    expect((await ledger.call<FeedAnswer>('GET', at())).body).toMatchObject({ format: 'kev', rows: 20, version: '2026.01.01' });
    expect(await synced(catalogue(19, '2026.01.02'))).toMatchObject({ state: 'done', withdraws: 1 });
    expect((await ledger.call<FeedAnswer>('GET', at())).body).toMatchObject({ rows: 19 });
    expect(await synced(catalogue(10, '2026.01.03'))).toMatchObject({ state: 'held', withdraws: 9, standing: 19 });
  });

  it('names the model of its scores', async () => {
    await configured({ format: 'epss', url: `${host.origin}${path}` });

    expect(
      await synced(
        gzipSync(`#model_version:v2026.01.01,score_date:2026-06-01T00:00:00Z\ncve,epss,percentile\n${cve(1)},0.5,0.97\nx,y,z\n`),
      ),
    ).toMatchObject({ state: 'done', records: 2, rejected: 1 });
    expect((await ledger.call<FeedAnswer>('GET', at())).body).toMatchObject({ format: 'epss', version: 'v2026.01.01 2026-06-01' });
  });

  it('does not mix with advisories', async () => {
    expect(await ledger.call('POST', '/api/v1/advisories?feed=kev', { body: {} })).toMatchObject({ status: 422 });
    expect(
      await ledger.call('PUT', '/api/v1/advisories/feeds/epss', { body: { source: { format: 'osv', url: 'https://x.example/y' } } }),
    ).toMatchObject({
      status: 409,
    });
  });
});

it('leaves no file of a sync that is over', async () => {
  const blobs = (await ledger.rows<{ held: number }>("select count(*)::int as held from feed_sync where state = 'held'"))[0]!;
  const files = await readdir(dirname(ledger.service.get(FeedFile).pathOf('1')));

  expect(files).toHaveLength(blobs.held);
});
