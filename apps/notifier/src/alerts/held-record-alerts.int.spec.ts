import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Alert, HeldRecordsSummary, OutboxMessage } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { eventually, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { HeldRecordWatch } from './held-record-watch.ts';

jest.setTimeout(90_000);

let platform: Platform;
let notifier: RunningService;
let door: SignedCaller;
let ledger: HttpReceiver;
let summary: HeldRecordsSummary | undefined;

beforeAll(async () => {
  ledger = await httpReceiver();
  ledger.answer = () => (summary ? { status: 200, body: JSON.stringify(summary) } : { status: 503 });
  const held = await infra();
  platform = await held.fresh(['notifier', 'gateway'], { topics: ['alert', 'delivery'] });
  const none = { INGEST_URL: '', SCANNER_ORCHESTRATOR_URL: '', CHAIN_URL: '', POLICY_ENGINE_URL: '', REMEDIATION_URL: '', GATEWAY_URL: '' };
  notifier = await runService(definition, { ...platform.environment('notifier'), ...none, LEDGER_URL: ledger.origin });
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await ledger?.close();
  await platform?.remove();
});

const itemsOf = async <T>(path: string): Promise<readonly T[]> => ((await door.call('GET', path)).body as { items: T[] }).items;
const alerts = (): Promise<readonly Alert[]> => itemsOf<Alert>('/api/v1/alerts');

async function lookWhile(said: HeldRecordsSummary | undefined): Promise<void> {
  summary = said;
  await notifier.get(HeldRecordWatch).look();
}

describe('records that a service gave up', () => {
  it('open one alert, that people hear of', async () => {
    const held = { dead: 1, latest: '2026-11-17T14:59:00.000Z', consumer: 'ledger.findings', error: 'Error: no such column' };
    await lookWhile(held);
    await lookWhile({ ...held, dead: 3 });
    await lookWhile({ ...held, dead: 3 });

    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ kind: 'held-record', state: 'open', title: 'ledger: records could not be handled', chain: '' });
    await eventually(async () => {
      const messages = await itemsOf<OutboxMessage>('/api/v1/outbox');
      expect(JSON.stringify(messages)).toContain('3 records wait');
    }, 40_000);
  });

  it('are not taken for handled while the service is away', async () => {
    await lookWhile(undefined);

    expect((await alerts())[0]).toMatchObject({ state: 'open' });
  });

  it('end the alert when none is left', async () => {
    await lookWhile({ dead: 0 });

    const [alert] = await alerts();
    expect(alert).toMatchObject({ state: 'resolved', resolution: 'Nothing is held any more' });
  });
});
