import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ApplicationChanged,
  make,
  RepositoryRemoved,
  type Notification,
  type OutboxMessage,
  type WaiverEnded,
  type WaiverGranted,
} from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, infra, mailbox, SignedCaller, type Mailbox, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { endedException, grantedException } from './fixtures/exceptions.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let mail: Mailbox;
let labels = 0;

beforeAll(async () => {
  const held = await infra();
  mail = await mailbox();
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, {
    ...platform.environment('notifier'),
    OUTBOUND_ALLOW: `smtp://127.0.0.1:${mail.port}`,
    SETTLE_SECONDS: '0',
    PUBLIC_URL: 'https://tl.example',
  });
  door = new SignedCaller(notifier, platform);
  const risk = { tier: 'tier-1', dataClass: 'personal', exposure: 'internet' } as const;
  const owned = { name: 'payments-api', team: 'payments', ...risk, repositories: [], images: [], owners: ['barbara'] };
  await publisher.publish({ fact: make(ApplicationChanged, owned), deliveryKey: 'payments-api', sequence: 1 });
  await soon(async () => expect(await query('select name from applications')).toEqual([{ name: 'payments-api' }]));
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await mail?.close();
  await platform?.remove();
});

const query = (sql: string, params: unknown[] = []): Promise<object[]> => notifier.get(Database).rows<Record<string, unknown>>(sql, params);

const itemsOf = async <T>(path: string, user?: { applications: string[] }): Promise<readonly T[]> =>
  ((await door.call('GET', path, { ...(user && { user }) })).body as { items: T[] }).items;

/** What the outbox keeps about one exception, the latest first. */
async function keptOf({ label }: Pick<WaiverGranted, 'label'>): Promise<readonly OutboxMessage[]> {
  return (await itemsOf<OutboxMessage>('/api/v1/outbox')).filter(({ title }) => title.startsWith(`Exception ${label} `));
}

async function grant(given: Partial<WaiverGranted>, sequence = 2): Promise<WaiverGranted> {
  const granted = grantedException({ waiver: randomUUID(), label: `W-${100 + ++labels}`, ...given });
  await publisher.publish({ fact: granted, deliveryKey: `waiver ${granted.waiver} ${sequence}`, sequence });
  await soon(async () =>
    expect(await query('select revision, ended from exceptions where waiver = $1', [granted.waiver])).toEqual([
      { revision: sequence, ended: false },
    ]),
  );
  return granted;
}

async function end({ waiver, label }: WaiverGranted, given: Partial<WaiverEnded> = {}, sequence = 3): Promise<void> {
  const fact = endedException({ waiver, label, endedAt: new Date().toISOString(), ...given });
  await publisher.publish({ fact, deliveryKey: `waiver ${waiver} ${sequence}`, sequence });
}

const noticesOf = ({ waiver }: WaiverGranted): Promise<object[]> =>
  query(`select run_after as at from work where kind = 'exception-notice' and payload::json ->> 'waiver' = $1`, [waiver]);

describe('an exception that ends within a week', () => {
  it('is told once, also when its approval is told anew', async () => {
    const granted = await grant({ from: inDays(-20), until: inDays(5) });
    await soon(async () => expect(await keptOf(granted)).toHaveLength(1));

    await grant(granted, 3);

    await soon(async () => expect(await noticesOf(granted)).toEqual([]));
    const [message, ...others] = await keptOf(granted);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ application: 'payments-api', revision: 1 });
    expect(message!.title).toBe(`Exception ${granted.label} ends on ${granted.until.slice(0, 10)} (payments-api, CVE-2021-44228)`);
    expect(message!.email!.text).toContain('Owns payments-api: team payments, barbara');
  });
});

describe('an exception that holds for long', () => {
  it('is told a week before its end, and not at all when it has ended by then', async () => {
    const granted = await grant({ from: inDays(0), until: inDays(90) });

    const [notice] = (await noticesOf(granted)) as { at: Date }[];
    expect(Date.parse(granted.until) - notice!.at.getTime()).toBe(7 * 86_400_000);
    await end(granted, { because: 'revoked', by: 'ada', note: 'it is mended' });
    await soon(async () => expect(await keptOf(granted)).toHaveLength(1));
    await query(`update work set run_after = clock_timestamp() where kind = 'exception-notice'`);
    await query(`select pg_notify('messaging:notifier', 'work')`);

    await soon(async () => expect(await noticesOf(granted)).toEqual([]));
    expect((await keptOf(granted)).map(({ title }) => title)).toEqual([
      `Exception ${granted.label} has ended: it was revoked (payments-api, CVE-2021-44228)`,
    ]);
  });
});

describe('the end of an exception', () => {
  it('names those that hold and rest on the same reason, of its application; of others only how many', async () => {
    const long = { from: inDays(0), until: inDays(90), premise: 'The WAF drops it' };
    const [broken, same, gone] = [await grant(long), await grant({ ...long, premise: ' the waf  drops IT' }), await grant(long)];
    await grant({ ...long, application: 'elsewhere' });
    await grant({ ...long, premise: 'nobody calls it' });
    await end(gone, { because: 'revoked' });
    await soon(async () => expect(await keptOf(gone)).toHaveLength(1));

    await end(broken, { because: 'known_exploited' });

    const [message] = await soon(async () => {
      const kept = await keptOf(broken);
      expect(kept).toHaveLength(1);
      return kept;
    });
    expect(message!.email!.text).toContain(
      `2 other exceptions rest on the same reason: ${same.label} of payments-api, and 1 of other applications`,
    );
  });

  it('is told once, with why, to whom routes send exceptions', async () => {
    const settings = { host: '127.0.0.1', port: mail.port, security: 'none', from: 'tl@throughline.example', to: ['sec@corp.example'] };
    await door.call('PUT', '/api/v1/channels/owners', { body: { kind: 'email', settings } });
    await door.call('PUT', '/api/v1/channels/others', { body: { kind: 'email', settings } });
    const when = `alert.line == "exception" && "barbara" in alert.owners && alert.title.contains("has ended")`;
    const document = { routes: [{ name: 'ended', when, channels: ['owners', 'outbox'] }], lastResort: ['others', 'outbox'] };
    expect((await door.call('PUT', '/api/v1/routes', { body: document, headers: { 'if-match': '"0"' } })).status).toBe(200);
    (mail.mails as unknown[]).length = 0;
    const granted = await grant({ from: inDays(0), until: inDays(90) });

    for (const by of ['throughline', 'somebody']) {
      await end(granted, { because: 'known_exploited', by, note: 'CVE-2021-44228 is known to be exploited' });
    }
    // Of one exception all facts come in order.
    await grant(granted, 4);

    const subject = `Exception ${granted.label} has ended: its reason no longer holds (payments-api, CVE-2021-44228)`;
    await soon(() => expect(mail.mails.map((sent) => sent.subject)).toEqual([subject]));
    expect(mail.mails[0]!.text).toContain('CVE-2021-44228 is known to be exploited');
    const sent = (await itemsOf<Notification>('/api/v1/notifications')).filter(({ summary }) => summary.includes(`${granted.label} `));
    expect(sent.map(({ channel }) => channel).sort()).toEqual(['outbox', 'owners']);
  });

  it('is told again when it was granted anew in between', async () => {
    const granted = await grant({ from: inDays(0), until: inDays(90) });
    await end(granted, { because: 'edited', by: 'ada' });
    await soon(async () => expect(await keptOf(granted)).toHaveLength(1));

    await grant(granted, 4);
    await end(granted, {}, 5);

    await soon(async () => expect(await keptOf(granted)).toHaveLength(2));
    expect((await keptOf(granted))[0]!.title).toContain('has ended: its time is over');
  });

  it('is shown to nobody of another application', async () => {
    expect(await itemsOf('/api/v1/outbox', { applications: ['web'] })).toEqual([]);
  });
});

describe('exceptions of a removed repository', () => {
  it('are forgotten', async () => {
    const repository = 'git.example/acme/gone';
    const { waiver } = await grant({ repository, from: inDays(0), until: inDays(90) });

    const removed = { repository, repositoryId: 'r', name: 'gone', application: 'payments-api', by: 'ada' };
    await publisher.publish({ fact: make(RepositoryRemoved, removed), deliveryKey: 'removal', sequence: 100 });

    await soon(async () => expect(await query('select 1 from exceptions where waiver = $1', [waiver])).toEqual([]));
  });
});
