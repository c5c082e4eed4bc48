import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ChangeProposed, make, type DecisionMade } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, type HttpReceiver, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { fixFor, newDecision, revised } from './fixtures/decisions.ts';

jest.setTimeout(90_000);

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let ingest: HttpReceiver;

beforeAll(async () => {
  const held = await infra();
  ingest = await httpReceiver();
  ingest.answer = () => ({ status: 200, body: JSON.stringify({ provider: 'none' }) });
  platform = await held.fresh(['notifier']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, { ...platform.environment('notifier'), INGEST_URL: ingest.origin });
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await ingest?.close();
  await platform?.remove();
});

const tables = ['alerts', 'judgements', 'fixes', 'commit_statuses', 'change_requests'];

async function counts(): Promise<Record<string, number>> {
  const each = tables.map((table) => `(select count(*) from ${table})::int as ${table}`);
  return (await notifier.get(Database).rows<Record<string, number>>(`select ${each.join(', ')}`))[0]!;
}

/** Conversations about the commit, with how many messages each has. */
async function told(commit: string): Promise<readonly object[]> {
  return notifier.get(Database).rows(
    `select split_part(about, ':', 1) as about, (select count(*)::int from deliveries where conversation = c.id) as messages
     from conversations c where commit = $1 order by 1`,
    [commit],
  );
}

async function decide(decision: DecisionMade): Promise<void> {
  await publisher.publish({ fact: decision, deliveryKey: `${decision.decision} ${decision.revision}` });
}

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
const state = async (): Promise<unknown> => (await notifier.get(Database).rows<{ state: string }>('select state from alerts'))[0]?.state;

it('what was said ends after 400 days, and what stands keeps its last message', async () => {
  const denied = newDecision();
  const { repository, commit } = denied.subject;
  const [head, base] = ['e'.repeat(40), 'f'.repeat(40)];
  const names = { title: 'a change', author: 'octo', headRef: 'change', baseRef: 'main', defaultBranch: 'main' };
  const proposed = make(ChangeProposed, { repository, number: 7, head, base, fork: false, url: 'https://git.example/7', ...names });
  await publisher.publish({ fact: proposed, deliveryKey: 'proposed' });
  await publisher.publish({ fact: fixFor(denied), deliveryKey: 'fix' });
  await decide(denied);
  await eventually(
    async () =>
      expect(await told(commit)).toEqual([
        { about: 'alert', messages: 1 },
        { about: 'status', messages: 1 },
      ]),
    40_000,
  );
  const settled = "select 1 from deliveries where state in ('queued', 'sending', 'retrying')";
  const allSent = (): Promise<unknown> => eventually(async () => expect(await notifier.get(Database).rows(settled)).toEqual([]), 40_000);
  await allSent();
  await decide(revised(denied, { revision: 2, reasons: denied.reasons.slice(0, 1) }));
  await eventually(
    async () =>
      expect(await told(commit)).toEqual([
        { about: 'alert', messages: 2 },
        { about: 'status', messages: 2 },
      ]),
    40_000,
  );
  await allSent();
  const retention = notifier.get(Retention);
  const before = await counts();

  const early = await retention.sweep(inDays(399));
  const standing = await retention.sweep(inDays(402));

  expect(before).toEqual({ alerts: 1, judgements: 1, fixes: 1, commit_statuses: 2, change_requests: 1 });
  expect(Object.values(early).every((count) => count === 0)).toBe(true);
  expect(await counts()).toEqual({ alerts: 1, judgements: 1, fixes: 1, commit_statuses: 0, change_requests: 0 });
  expect(standing).toMatchObject({ alerts: 0, judgements: 0, fixes: 0, statuses: 2, changeRequests: 1 });
  expect(await told(commit)).toEqual([{ about: 'alert', messages: 1 }]);

  await decide(revised(denied, { revision: 3, result: 'pass', reasons: [] }));
  await eventually(async () => expect(await state()).toBe('resolved'), 40_000);
  await allSent();
  await retention.sweep(inDays(402));

  expect(await counts()).toEqual({ alerts: 0, judgements: 0, fixes: 0, commit_statuses: 0, change_requests: 0 });
  expect(
    await notifier.get(Database).rows('select (select count(*)::int from conversations) as c, (select count(*)::int from deliveries) as d'),
  ).toEqual([{ c: 0, d: 0 }]);
});
