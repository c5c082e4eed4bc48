import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames, topicName, type HeldRecordAnswer, type Page } from '@throughline/contracts';
import { eventually, History } from '@throughline/testing';
import { kills, some } from '../chaos/faults/registry.ts';
import { play, type Played } from '../chaos/play.ts';
import { Stage } from '../chaos/stage.ts';
import { pushRequest, site } from './api.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

let folder: string;
let stage: Stage;
let played: Played;

beforeAll(async () => {
  process.stderr.write(`CHAOS_SEED=${seed} gives this order of faults again\n`);
  folder = mkdtempSync(join(tmpdir(), 'throughline-history-'));
  stage = await Stage.open(new History(join(folder, 'history.ndjson')));
}, 600_000);

afterAll(async () => {
  await stage?.close();
  stage?.history.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('while everything goes wrong that can', () => {
  it('each service is killed, and more, and all are ready again', async () => {
    played = await play(stage, {
      seed,
      events: 500,
      rounds: 1,
      withinMs: 1_200_000,
      kills,
      others: some,
      lanes: 2,
      stopMs: 5_000,
      outageMs: 5_000,
      patienceMs: 300_000,
      perSecond: 20,
      talks: 4,
      pushed: ['till', 'desk'],
      pauseMs: 1_000,
      settleMs: 600_000,
    });

    expect(played.struck.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(played.struck).toHaveLength(kills.length + some.length);
  }, 2_400_000);
});

describe('when all is quiet again', () => {
  it('what was acknowledged is there, once and in order, in every service and outside', () => {
    const wrong = Object.entries(played.verdict).filter(([, values]) => values.length > 0);

    expect(wrong).toEqual([]);
  });

  it('the history holds enough to say so', () => {
    const acknowledged = new Map<string, number>();
    for (const { type, f } of stage.history.entries) if (type === 'ok') acknowledged.set(f, (acknowledged.get(f) ?? 0) + 1);

    for (const f of ['push', 'report', 'review', 'merge', 'told']) expect(acknowledged.get(f)).toBeGreaterThan(3);
  });
});

describe('a record that nobody can read', () => {
  it('is held with its reason, and the rest of its key goes on', async () => {
    const { platform, source, api, databases } = stage.shop;
    const key = `${new URL(site).host}/shop/talk-1`;
    const headers = {
      ce_specversion: '1.0',
      ce_id: 'poison',
      ce_source: '/throughline/ingest',
      ce_subject: 'x',
      ce_time: new Date().toISOString(),
      ce_type: 'dev.throughline.change.pushed.v1',
    };
    const record = { key, headers };
    const topic = topicName('change', platform.prefix);
    await stage.broker.send(topic, { ...record, value: '{"repository":' }, { ...record, value: '{}' });
    const after = 'e'.repeat(40);
    const sent = pushRequest(source.secret, { repository: 'shop/talk-1', after });

    expect((await fetch(source.url, { method: 'POST', ...sent })).status).toBe(202);

    await eventually(async () => {
      const passed = await databases.rows('chain', `select 1 from fact where type = 'change.pushed' and payload like $1`, [`%${after}%`]);
      expect(passed).toHaveLength(1);
    }, 120_000);
    const pages = await Promise.all(serviceNames.map((name) => api.get<Page<HeldRecordAnswer>>(`held-records/${name}`)));
    const records = pages.flatMap(({ items }) => items);
    for (const consumer of ['chain.facts', 'notifier.statuses', 'scanner-orchestrator.runs'])
      expect(records.filter((one) => one.consumer === consumer)).toHaveLength(2);
    for (const held of records) {
      expect(held).toMatchObject({ state: 'dead', key, topic: topicName('change') });
      expect(held.error).toMatch(/^(?:Error|FactRefused): /);
    }
  }, 300_000);
});
