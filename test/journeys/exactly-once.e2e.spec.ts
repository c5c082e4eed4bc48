import { serviceNames, topicName, type HeldRecordAnswer, type Page, type ServiceName } from '@throughline/contracts';
import { Broker, eventually } from '@throughline/testing';
import { site, type Api } from './api.ts';
import type { Databases } from './databases.ts';
import { PushedRepository } from './pushed-repository.ts';
import type { ServiceProcesses } from './service-processes.ts';
import { Shop, vulnerableLock } from './shop.ts';
import { TransportedFacts } from './transported-facts.ts';

type Victim = ServiceName | 'broker' | 'postgres';

const victims: readonly Victim[] = [...serviceNames, 'broker', 'postgres'];
/** Without them no push can be acknowledged. */
const neededForPushes: readonly Victim[] = ['ingest', 'gateway', 'postgres'];

let shop: Shop;
let platform: ServiceProcesses;
let databases: Databases;
let api: Api;
let repositories: PushedRepository[];
let facts: TransportedFacts;

beforeAll(async () => {
  shop = await Shop.open();
  ({ platform, databases, api } = shop);
  repositories = ['till', 'desk', 'stock'].map(
    (name) => new PushedRepository(platform.repositories, `shop/${name}`, shop.source, name === 'till' ? vulnerableLock : {}),
  );
  await pushAll();
}, 600_000);

afterAll(async () => {
  await shop?.close();
});

describe('while pushes come in', () => {
  it.each(victims)(
    '%s is killed, comes back and is ready again',
    async (victim) => {
      const pushes = pushAll();

      await kill(victim);
      const meanwhile = repositories[0]!.push();
      if (!neededForPushes.includes(victim)) await meanwhile;
      await revive(victim);

      await Promise.all([pushes, meanwhile]);
      await eventually(() => Promise.all(serviceNames.map((name) => platform.ready(name))), 240_000);
    },
    600_000,
  );
});

describe('when all is quiet again', () => {
  it('nothing is on its way any more', async () => {
    await eventually(async () => expect(await unsettled()).toEqual([]), 300_000);
    await eventually(async () => expect(await new Broker(platform.infra).behind(platform.prefix)).toEqual([]), 60_000);
    facts = await TransportedFacts.read(platform.infra, platform.prefix);
  }, 400_000);

  it('each acknowledged push is one change, in the order of the pushes', () => {
    for (const { name, accepted } of repositories) {
      const pushed = facts.of('change.pushed').filter(({ key }) => key === repositoryId(name));

      expect(pushed.map(({ body }) => body['after'])).toEqual(accepted);
    }
  });

  it('each change has one plan, and each of its items one result and one evaluation', async () => {
    const items = await databases.rows<{ item: string; state: string }>(
      'scanner-orchestrator',
      `select p.repository || '@' || p.commit_id || '#' || i.seq as item, i.state from plan p join evidence_item i on i.plan_id = p.id`,
    );
    const scanned = items.filter(({ state }) => state !== 'unavailable' && state !== 'not_applicable');

    expect(
      facts
        .of('evidence.planned')
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(subjects().sort());
    expect(new Set(scanned.map(({ state }) => state))).toEqual(new Set(['evaluated']));
    expect(itemsOf('scan.completed')).toEqual(scanned.map(({ item }) => item).sort());
    expect(itemsOf('findings.evaluated')).toEqual(scanned.map(({ item }) => item).sort());
    expect(facts.of('scan.failed')).toEqual([]);
  });

  it('each workload is one finding that was opened once', async () => {
    const found = await databases.rows<{ repository: string; path: string; opened: number; events: number }>(
      'ledger',
      `select repository, path, count(*) filter (where e.kind = 'detection' and e.after_state = 'open')::int as opened, count(*)::int as events
       from finding f left join finding_event e on e.finding_number = f.number
       where f.class = 'configuration' and f.alias_of is null group by f.number, repository, path`,
    );
    const expected = repositories.flatMap(({ name, accepted }) =>
      accepted.map((_, index) => ({ repository: repositoryId(name), path: `deploy/web-${index + 1}.yaml`, opened: 1, events: 1 })),
    );

    expect(found.sort(byPath)).toEqual(expected.sort(byPath));
  });

  it('each revision of a decision was made and told once', async () => {
    const kept = await databases.rows<{ decision: string; published: boolean }>(
      'policy-engine',
      `select gate || ' ' || repository || '@' || commit || ' ' || revision as decision, published from decision`,
    );
    const told = facts.of('decision.made').map(({ subject, sequence, body }) => `${String(body['gate'])} ${subject} ${sequence}`);
    const verdicts = await databases.rows<{ subject: string }>(
      'policy-engine',
      `select s.repository || '@' || s.commit as subject from verdict v join subject s on s.id = v.subject_id where not v.provisional`,
    );

    expect(doubled(kept.map(({ decision }) => decision))).toEqual([]);
    expect(told.sort()).toEqual(
      kept
        .filter(({ published }) => published)
        .map(({ decision }) => decision)
        .sort(),
    );
    expect(verdicts.map(({ subject }) => subject).sort()).toEqual(subjects().sort());
  });

  it('the log has each fact once, and of each key in the order of the broker', async () => {
    const logged = await databases.rows<{ id: string; key: string }>('chain', 'select id::text from fact order by position');
    const place = new Map(logged.map(({ id }, index) => [id, index]));

    expect(logged.map(({ id }) => id).sort()).toEqual(facts.all.map(({ id }) => id).sort());
    expect(facts.inversions()).toEqual([]);
    for (const [key, own] of Map.groupBy(facts.all, ({ key, type }) => `${type} ${key}`)) {
      const places = own.map(({ id }) => place.get(id)!);
      expect({ key, places }).toEqual({ key, places: [...places].sort((a, b) => a - b) });
    }
  });

  it('people hear of each blocked line once, and of one fix', async () => {
    const alerts = await databases.rows<{ repository: string }>('notifier', 'select repository from alerts');
    const statuses = await databases.rows<{ about: string }>('notifier', `select about from conversations where about like 'status:%'`);
    const proposals = await databases.rows<{ package: string; state: string }>('remediation', 'select package, state from proposals');

    expect(alerts.map(({ repository }) => repository).sort()).toEqual(repositories.map(({ name }) => repositoryId(name)).sort());
    expect(statuses.map(({ about }) => about).sort()).toEqual(
      subjects()
        .map((subject) => `status:${subject}`)
        .sort(),
    );
    expect(proposals).toEqual([{ package: 'pkg:npm/minimist', state: 'proposed' }]);
  });

  it('no record is held', async () => {
    expect(await held()).toEqual([]);
  });
});

describe('a record that nobody can read', () => {
  it('is held with its reason, and the rest of its key goes on', async () => {
    const poisoned = repositories[0]!;
    const headers = {
      ce_specversion: '1.0',
      ce_id: 'poison',
      ce_source: '/throughline/ingest',
      ce_subject: 'x',
      ce_time: new Date().toISOString(),
    };
    const record = { key: repositoryId(poisoned.name), headers: { ...headers, ce_type: 'dev.throughline.change.pushed.v1' } };
    await new Broker(platform.infra).send(
      topicName('change', platform.prefix),
      { ...record, value: '{"repository":' },
      { ...record, value: '{}' },
    );

    await poisoned.push();

    await eventually(async () => expect(await unsettled()).toEqual([]), 200_000);
    const records = await held();
    const readers = ['chain.facts', 'notifier.statuses', 'scanner-orchestrator.runs'];
    for (const consumer of readers) expect(records.filter((one) => one.consumer === consumer)).toHaveLength(2);
    for (const { state, key, error, topic } of records) {
      expect({ state, key, topic }).toEqual({ state: 'dead', key: record.key, topic: topicName('change') });
      expect(error).toMatch(/^(?:Error|FactRefused): /);
    }
  }, 300_000);
});

async function pushAll(): Promise<void> {
  await Promise.all(repositories.map((repository) => repository.push()));
}

function kill(victim: Victim): Promise<void> {
  if (victim === 'broker') return platform.infra.killBroker();
  return victim === 'postgres' ? platform.infra.killPostgres() : platform.kill(victim);
}

async function revive(victim: Victim): Promise<void> {
  if (victim === 'broker') return platform.infra.restartBroker();
  if (victim === 'postgres') return platform.infra.restartPostgres();
  platform.spawn(victim);
}

function repositoryId(name: string): string {
  return `${new URL(site).host}/${name}`;
}

/** Every acknowledged push as a subject. */
function subjects(): string[] {
  return repositories.flatMap(({ name, accepted }) => accepted.map((commit) => `${repositoryId(name)}@${commit}`));
}

function itemsOf(type: string): string[] {
  return facts
    .of(type)
    .map(({ subject, body }) => `${subject}#${String(body['seq'])}`)
    .sort();
}

function doubled(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function byPath(a: { repository: string; path: string }, b: { repository: string; path: string }): number {
  return `${a.repository} ${a.path}` < `${b.repository} ${b.path}` ? -1 : 1;
}

/** What of the acknowledged pushes has not come to its end yet. */
async function unsettled(): Promise<string[]> {
  const left: string[] = [];
  for (const service of serviceNames) {
    const [open] = await databases.rows<{ outbox: number; work: number; held: number }>(
      service,
      `select (select count(*) from outbox)::int as outbox,
         (select count(*) from work where state <> 'dead' and (state = 'leased' or run_after < now() + interval '10 seconds'))::int as work,
         (select count(*) from held_record where state = 'waiting')::int as held`,
    );
    if (open!.outbox + open!.work + open!.held > 0) left.push(`${service}: ${JSON.stringify(open)}`);
  }
  const told = await databases.rows<{ subject: string }>(
    'notifier',
    `select repository || '@' || commit as subject from commit_statuses where revision > 0`,
  );
  const known = new Set(told.map(({ subject }) => subject));
  return [...left, ...subjects().filter((subject) => !known.has(subject))];
}

/** Records that any service holds. */
async function held(): Promise<HeldRecordAnswer[]> {
  const pages = await Promise.all(serviceNames.map((name) => api.get<Page<HeldRecordAnswer>>(`held-records/${name}`)));
  return pages.flatMap(({ items }) => items);
}
