import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditDigest, make, AuditRecorded } from '@throughline/contracts';
import { Database } from '@throughline/service';
import { eventually } from '@throughline/testing';
import { GatewayUnderTest, heldByLedger } from '../fixtures/gateway-under-test.ts';
import { AuditLog } from './audit-log.ts';

const under = new GatewayUnderTest();

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop(), 30_000);

/** Facts that left for the broker are gone from the outbox: the head tells how many there were. */
async function head(): Promise<{ number: number; digest: string }> {
  const [row] = await under.gateway.get(Database).rows<{ number: string; digest: string }>('select number, digest from audit_head');
  return { number: Number(row!.number), digest: row!.digest };
}

async function pending(): Promise<number> {
  return (await under.gateway.get(Database).rows('select 1 from audit_pending')).length;
}

/** How many records a call leaves: another change follows it, so that what comes late is counted too. */
async function recordsOf(call: () => Promise<unknown>, atLeast: number): Promise<number> {
  const before = (await head()).number;
  await call();
  await eventually(async () => expect((await head()).number).toBeGreaterThanOrEqual(before + atLeast));
  await under.newToken();
  await eventually(async () => expect([(await head()).number > before + atLeast, await pending()]).toEqual([true, 0]));
  return (await head()).number - before - 1;
}

describe('the audit log', () => {
  it.each<[string, () => Promise<unknown>, number]>([
    ['a change of our own', () => under.newToken(), 1],
    ['a change of another service', () => under.call('POST', '/api/v1/things', { body: { name: 'a' } }), 1],
    ['a change that was refused', () => under.call('POST', '/api/v1/things', { body: { name: 5 } }), 1],
    ['a sign-in', () => under.call('POST', '/api/v1/session', { token: '', body: { token: under.admin } }), 1],
    ['a replay, which the gateway asks of another service', () => under.call('POST', `/api/v1/held-records/${heldByLedger[0]!}/replay`), 1],
    ['reading', () => under.call('GET', '/api/v1/things'), 0],
    ['a stranger', () => under.call('POST', '/api/v1/things', { token: '', body: { name: 'a' } }), 0],
    ['a sign-in that failed', () => under.call('POST', '/api/v1/session', { token: '', body: { token: `tl_${'x'.repeat(43)}` } }), 0],
    ['a ticket for the stream', () => under.call('POST', '/api/v1/stream/tickets'), 0],
    ['a webhook', () => under.call('POST', '/hooks/abc', { token: '', body: { a: 1 } }), 0],
  ])('of %s', async (_what, call, count) => {
    expect(await recordsOf(call, count)).toBe(count);
  });

  it('has numbers without gaps, each with the digest of the one before, also when many write at once', async () => {
    const log = under.gateway.get(AuditLog);
    const database = under.gateway.get(Database);
    const before = await head();
    const act = { actor: 'a', actorName: 'Ada', via: 'token', operation: 'x', subject: '/x' } as const;

    await Promise.all(Array.from({ length: 20 }, () => database.transaction((tx) => log.append(tx, act, { outcome: 'done' }))));
    await database
      .transaction(async (tx) => {
        await log.append(tx, act, { outcome: 'done' });
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const at = new Date('2026-01-01T00:00:00Z');
    const middle = await head();
    await database.transaction((tx) => log.append(tx, act, { outcome: 'done' }, at));

    expect(middle.number).toBe(before.number + 20);
    const last = make(AuditRecorded, {
      service: 'gateway',
      number: middle.number + 1,
      at: at.toISOString(),
      ...act,
      outcome: 'done',
      previous: middle.digest,
    });
    expect(await head()).toEqual({ number: middle.number + 1, digest: auditDigest(last) });
  });

  it('says of what a dead process had begun that nobody knows how it ended', async () => {
    const log = under.gateway.get(AuditLog);
    const database = under.gateway.get(Database);
    const id = await log.begin({ actor: 'a', actorName: 'Ada', via: 'token', operation: 'x', subject: '/x' });

    const young = await log.endAbandoned();
    await database.rows(`update audit_pending set at = now() - interval '6 minutes' where id = $1`, [id]);
    const old = await log.endAbandoned();

    expect([young, old, await log.endAbandoned()]).toEqual([0, 1, 0]);
  });

  it('holds nothing of what was sent', async () => {
    const before = (await head()).number;
    await under.call('POST', '/api/v1/things?key=in-the-query', { body: { name: 'in-the-body' } });
    await eventually(async () => expect((await head()).number).toBe(before + 1));

    expect(await under.database()).not.toMatch(/in-the-(?:query|body)/);
  });
});
