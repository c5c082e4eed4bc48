import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixProposed, make, type Alert, type Notification, type OutboxMessage } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { eventually, infra, type Platform } from '@throughline/testing';
import { factPublisher, type FactPublisher } from '../../../test/fakes/fact-publisher.ts';
import { callerOf, type Caller } from '../../../test/fakes/signed-calls.ts';
import { deniedDecision } from './alerts/fixtures/denied-push.ts';
import definition from './service.ts';

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let call: Caller;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = await factPublisher(held, platform);
  notifier = await runService(definition, platform.environment('notifier'));
  call = callerOf(notifier, 'notifier', platform.environment('gateway'));
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await publisher?.close();
  await platform?.remove();
});

const itemsOf = async <T>(path: string): Promise<readonly T[]> => ((await call('GET', path)).json as { items: T[] }).items;

describe('a denied push', () => {
  it('is one alert and one message in the outbox, edited when a fix is proposed', async () => {
    const decision = deniedDecision();
    await publisher.publish({ fact: decision, deliveryKey: 'd1' });
    const [alert] = await eventually(async () => {
      const alerts = await itemsOf<Alert>('/api/v1/alerts?state=open');
      expect(alerts).toHaveLength(1);
      return alerts;
    });

    await publisher.publish({
      fact: make(FixProposed, {
        proposal: 'p1',
        repository: decision.subject.repository,
        commit: decision.subject.commit,
        application: 'shop',
        package: 'pkg:npm/lodash',
        from: '4.17.11',
        to: '4.17.21',
        summary: 'Raise lodash from 4.17.11 to 4.17.21',
        files: [{ path: 'package-lock.json', kind: 'lock' }],
        diff: `sha256:${'c'.repeat(64)}`,
        findings: ['f-1', 'f-2', 'f-3', 'f-4'],
        causes: [],
      }),
      deliveryKey: 'p1',
    });

    await eventually(async () => {
      const messages = await itemsOf<OutboxMessage>('/api/v1/outbox?kind=alert');
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({ alert: alert!.id, title: expect.stringContaining('payments/shop main: change blocked') });
      expect(messages[0]!.email!.text).toContain('Raise lodash from 4.17.11 to 4.17.21');
    });
    expect(await itemsOf<Notification>(`/api/v1/notifications?alert=${alert!.id}&state=kept`)).not.toHaveLength(0);
  });
});
