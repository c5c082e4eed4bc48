import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Database, rows, runService, Sealer, type RunningService } from '@throughline/service';
import { infra, type Infra, type Platform } from '@throughline/testing';
import { FindingKey, FindingKeys } from '../runner/finding-key.ts';
import definition from '../service.ts';
import { WeakSecrets } from './weak-secrets.ts';

const [former, current] = [new FindingKey(Buffer.alloc(32, 1)), new FindingKey(Buffer.alloc(32, 2))];

let held: Infra;
let platform: Platform;
let service: RunningService;
let database: Database;
const sealer = new Sealer('scanner-orchestrator', randomBytes(32));

beforeAll(async () => {
  held = await infra();
  platform = await held.fresh(['scanner-orchestrator'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  service = await runService(definition, platform.environment('scanner-orchestrator'));
  database = service.get(Database);
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
});

describe('names of weak secrets', () => {
  it('are the same for one value in one repository, and others elsewhere', async () => {
    const names = new WeakSecrets(database, sealer, new FindingKeys(current));

    const here = await names.of('git.example/a').nameOf('hunter2');

    expect(await names.of('git.example/a').nameOf('hunter2')).toBe(here);
    expect(await names.of('git.example/b').nameOf('hunter2')).not.toBe(here);
    expect(await names.of('git.example/a').nameOf('hunter3')).not.toBe(here);
  });

  it('are one when two scans meet the value at once', async () => {
    const names = new WeakSecrets(database, sealer, new FindingKeys(current));

    const found = await Promise.all(Array.from({ length: 8 }, () => names.of('git.example/c').nameOf('letmein')));

    expect(new Set(found).size).toBe(1);
  });

  it('stay when the key changes, and are sealed under the new one', async () => {
    const before = await new WeakSecrets(database, sealer, new FindingKeys(former)).of('git.example/d').nameOf('changeme');

    const after = await new WeakSecrets(database, sealer, new FindingKeys(current, [former])).of('git.example/d').nameOf('changeme');
    const later = await new WeakSecrets(database, sealer, new FindingKeys(current)).of('git.example/d').nameOf('changeme');

    expect([after, later]).toEqual([before, before]);
  });

  it('show nothing of the value or of its digest', async () => {
    await new WeakSecrets(database, sealer, new FindingKeys(current)).of('git.example/e').nameOf('s3cret');

    const kept = await database.transaction((tx) => rows<{ text: string }>(tx, 'select weak_secret::text as text from weak_secret'));

    const { hmac } = current.digest('s3cret');
    expect(kept.filter(({ text }) => text.includes('s3cret') || text.includes(hmac))).toEqual([]);
    expect(kept.some(({ text }) => text.includes(Buffer.from('s3cret').toString('hex')))).toBe(false);
    expect(kept.some(({ text }) => text.includes(Buffer.from(hmac).toString('hex')))).toBe(false);
  });
});
