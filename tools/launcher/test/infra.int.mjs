/** The real servers, on throwaway data: who is let in, who may do what, and what a crash leaves. Run with `node --test`. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startInfrastructure } from '../infra/index.mjs';
import { letsIn as brokerLetsIn, asAdmin, kafkaClient } from '../infra/kafka/client.mjs';
import { letsIn as postgresLetsIn } from '../infra/postgres/query.mjs';
import { provision } from '../provision.mjs';
import { removeInstance } from '../remove.mjs';
import { eventually } from '../wait.mjs';

const topics = [
  { topic: 'test.change.v1', writers: ['ingest'], readers: ['ledger'] },
  { topic: 'test.finding.v1', writers: ['ledger'], readers: ['notifier'] },
];
let home, infra, provisioned;

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'throughline-int-'));
  infra = await startInfrastructure({ home, throwaway: true, provider: 'local' });
  provisioned = await provision({ infra, home, topics, port: 0 });
});

after(async () => {
  await infra?.stop();
  await removeInstance(home);
  rmSync(home, { recursive: true, force: true });
});

const login = (service) => {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = provisioned.environments[service];
  return { brokers: infra.brokers, username, password };
};

const notAuthorized = (error) => (error.cause ?? error).type === 'TOPIC_AUTHORIZATION_FAILED';

async function send(address, topic) {
  const producer = (await kafkaClient(address)).producer({ idempotent: true, retry: { retries: 2 } });
  try {
    await producer.connect();
    return await producer.send({ topic, acks: -1, messages: [{ key: 'k', value: 'v' }] });
  } finally {
    await producer.disconnect();
  }
}

test('the broker and what Postgres does for the flow give way to callers, and no process of anybody else', async () => {
  const own = new pg.Client({ connectionString: provisioned.environments.ledger.DATABASE_URL });
  await own.connect();
  try {
    const { rows } = await own.query('select pg_backend_pid() as pid');
    const before = getPriority(rows[0].pid);

    infra.giveWay(rows[0].pid);
    infra.giveWay(process.pid);
    infra.giveWay(2 ** 22 + 1);

    assert.equal(getPriority(rows[0].pid), before + 3);
    assert.equal(getPriority(process.pid), before);
    assert.equal(getPriority(infra.instance.state.processes.kafka.pid), before + 3);
  } finally {
    await own.end();
  }
});

test('a service writes its own topic, idempotently', async () => {
  const [answer] = await send(login('ingest'), 'test.change.v1');

  assert.equal(answer.errorCode, 0);
});

test('a service cannot write the topic of another', async () => {
  await assert.rejects(send(login('ingest'), 'test.finding.v1'), notAuthorized);
});

test('a service that does not subscribe to a topic does not see it', async () => {
  await assert.rejects(
    asAdmin(login('notifier'), (admin) => admin.fetchTopicOffsets('test.change.v1')),
    notAuthorized,
  );
  await asAdmin(login('ledger'), (admin) => admin.fetchTopicOffsets('test.change.v1'));
});

test('a service joins only groups that begin with its name', async () => {
  const join = async (groupId) => {
    const retry = { initialRetryTime: 100, retries: 5, restartOnFailure: async () => false };
    const consumer = (await kafkaClient({ ...login('ledger'), retry })).consumer({ groupId, retry });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: ['test.change.v1'], fromBeginning: true });
      await new Promise((resolve, reject) => {
        consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
        consumer.run({ eachMessage: async () => resolve(undefined) }).catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
  };

  // The client reports a group that it may not join as one without a coordinator.
  await assert.rejects(join('notifier.inbox'), { name: 'KafkaJSGroupCoordinatorNotFound' });
  await join('ledger.inventory');
});

for (const [who, address] of Object.entries({
  'a wrong password': (all) => ({ ...all, password: 'wrong' }),
  'an unknown user': (all) => ({ ...all, username: 'stranger' }),
  nobody: ({ brokers }) => ({ brokers }),
})) {
  test(`the broker refuses ${who}`, async () => {
    await assert.rejects(asAdmin(address(login('ingest')), (admin) => admin.listTopics()));
  });
}

test('the controller listener refuses who has no password', async () => {
  await assert.rejects(asAdmin({ brokers: [`127.0.0.1:${infra.instance.state.ports.controller}`] }, (admin) => admin.listTopics()));
});

test('Postgres lets nobody in without the right password', async () => {
  for (const password of ['', 'wrong']) {
    const client = new pg.Client({ host: '127.0.0.1', port: infra.postgres.port, user: 'ledger', password, database: 'throughline' });
    await assert.rejects(client.connect());
  }
});

test('both servers know at once that the passwords kept are not theirs', async () => {
  const folders = { home, data: infra.instance.data };
  const lost = { code: 'SECRETS_LOST', message: /secrets\.json/, remedy: /uninstall --home/ };

  await assert.rejects(postgresLetsIn({ ...infra.postgres, password: 'wrong' }, folders), lost);
  const broker = brokerLetsIn({ brokers: infra.brokers, ...infra.kafkaAdmin, password: 'wrong' }, folders);
  await assert.rejects(eventually(broker, { within: 60_000, what: 'Kafka' }), lost);
});

test('a service sees its own schema and no other', async () => {
  const query = async (url, sql) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const { ledger, chain } = provisioned.environments;

  await query(ledger.MIGRATION_DATABASE_URL, 'create table thing (id bigint generated always as identity, name text)');
  await query(ledger.DATABASE_URL, "insert into thing (name) values ('a')");

  await assert.rejects(query(ledger.DATABASE_URL, 'create table other (id int)'), { code: '42501' });
  await assert.rejects(query(ledger.DATABASE_URL, 'drop table thing'), { code: '42501' });
  await assert.rejects(query(chain.DATABASE_URL, 'select * from ledger.thing'), { code: '42501' });
});

test('doing it again changes nothing', async () => {
  const again = await provision({ infra, home, topics, port: 0 });

  assert.deepEqual(again.environments, provisioned.environments);
});

test('a topic that a service no longer writes is closed to it', async () => {
  await provision({ infra, home, topics: [{ ...topics[0], writers: [] }, topics[1]], port: 0 });

  await assert.rejects(send(login('ingest'), 'test.change.v1'), notAuthorized);
  await provision({ infra, home, topics, port: 0 });
});

test('acknowledged records and committed rows survive a kill', async () => {
  await Promise.all([infra.killBroker(), infra.killPostgres()]);
  await Promise.all([infra.restartBroker(), infra.restartPostgres()]);

  const [offset] = (await asAdmin(login('ledger'), (admin) => admin.fetchTopicOffsets('test.change.v1')))
    .map(({ high }) => Number(high))
    .filter(Boolean);
  assert.equal(offset, 1);
});

test('no password is in an argument, a log or a file that others may read', () => {
  const passwords = Object.values(JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')));
  const folders = [join(home, 'logs'), join(infra.instance.data, 'kafka', 'logs')];
  const files = folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  const commands = Object.values(infra.instance.state.processes).map(({ command }) => command);

  for (const password of passwords) assert.ok(![...texts, ...commands].some((text) => text.includes(password)));
  for (const path of ['secrets.json', 'admin-token', 'run/ledger.env', 'keys/ledger.kek'])
    assert.equal(statSync(join(home, path)).mode & 0o077, 0, path);
  assert.equal(statSync(home).mode & 0o077, 0);
});
