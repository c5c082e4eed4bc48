import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditDigest, AuditRecorded, make, type AuditEntry, type Page } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, infra, SignedCaller, type Platform } from '@throughline/testing';
import definition from '../service.ts';

let platform: Platform;
let service: RunningService;
let gateway: SignedCaller;
const records: AuditRecorded[] = [];

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['chain', 'gateway']);
  service = await runService(definition, platform.environment('chain'));
  gateway = new SignedCaller(service, platform);
  const publisher = new FactPublisher(held, platform);
  for (let number = 1; number <= 5; number += 1) {
    records.push(
      make(AuditRecorded, {
        service: 'gateway',
        number,
        at: new Date().toISOString(),
        actor: number % 2 ? 'ada' : 'bob',
        actorName: 'Somebody',
        via: 'token',
        operation: 'gateway.people.make',
        subject: `/api/v1/people/p${number}`,
        outcome: number === 3 ? 'refused' : 'done',
        status: number === 3 ? 403 : 201,
        previous: number === 1 ? '0'.repeat(64) : auditDigest(records.at(-1)!),
      }),
    );
  }
  await publisher.publish(...records.map((fact) => ({ fact, deliveryKey: `audit ${fact.number}`, sequence: fact.number })));
  await eventually(async () => expect((await page('limit=200')).items).toHaveLength(5), 60_000);
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
});

async function page(query: string): Promise<Page<AuditEntry>> {
  return (await gateway.call<Page<AuditEntry>>('GET', `/api/v1/audit?${query}`)).body;
}

const numbers = async (query: string): Promise<number[]> => (await page(query)).items.map(({ number }) => number);

describe('GET /api/v1/audit', () => {
  it('tells who did what, newest first and in pages, each with the digest of the one before', async () => {
    const first = await page('limit=3');
    const rest = await page(`limit=3&cursor=${first.next}`);
    const all = [...first.items, ...rest.items];

    expect(all.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
    expect(rest.next).toBeNull();
    expect(all.slice(0, -1).map(({ previous }) => previous)).toEqual(all.slice(1).map(({ digest }) => digest));
    expect(all[2]).toMatchObject({ actor: 'ada', outcome: 'refused', status: 403, subject: '/api/v1/people/p3' });
  });

  it('filters', async () => {
    expect(await numbers('actor=bob')).toEqual([4, 2]);
    expect(await numbers('outcome=refused')).toEqual([3]);
    expect(await numbers('subject=people/p5')).toEqual([5]);
    expect(await numbers('operation=gateway.tokens.end')).toEqual([]);
    expect(await numbers('from=2100-01-01T00:00:00Z')).toEqual([]);
  });

  it('is for readers of the whole organisation', async () => {
    const team = await gateway.call('GET', '/api/v1/audit', { user: { rights: ['audit:read'], applications: ['shop'] } });
    const without = await gateway.call('GET', '/api/v1/audit', { user: { rights: ['findings:read'] } });

    expect([team.status, without.status]).toEqual([403, 403]);
  });

  it('is only appended to', async () => {
    const database = service.get(Database);

    await expect(database.rows(`update audit_entry set actor = 'eve'`)).rejects.toThrow(/only appended to/);
    await expect(database.rows('delete from audit_entry')).rejects.toThrow(/only appended to/);
  });
});
