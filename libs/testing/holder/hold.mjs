// Holds Postgres and Kafka for one run of the tests and does on request what only their parent can. Ends with its stdin.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '../../../tools/launcher/files.mjs';
import { startInfrastructure } from '../../../tools/launcher/infra/index.mjs';
import { removeInstance } from '../../../tools/launcher/remove.mjs';
import { freshPlatform, removeTopics } from './fresh.mjs';

const [home] = process.argv.slice(2);
mkdirSync(home, { recursive: true, mode: 0o700 });
const started = Date.now();
// Tests need no data after a crash; what is measured waits for the disk as in production.
const infra = await startInfrastructure({ home, throwaway: process.env.TEST_DATA_DURABLE !== 'true' });
const token = randomBytes(32).toString('hex');

const orders = {
  fresh: (body) => freshPlatform(infra, home, body),
  'remove-topics': ({ prefix }) => removeTopics(infra, prefix),
  'kill-broker': () => infra.killBroker(),
  'restart-broker': () => infra.restartBroker(),
  'kill-postgres': () => infra.killPostgres(),
  'restart-postgres': () => infra.restartPostgres(),
};

const server = createServer((request, response) => {
  void answer(request).then(
    (result) => response.end(JSON.stringify(result ?? {})),
    (error) => response.writeHead(500).end(JSON.stringify({ message: String(error?.stack ?? error) })),
  );
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { kind, brokers, kafkaAdmin, kafkaSsl, postgres } = infra;
const state = {
  url: `http://127.0.0.1:${server.address().port}`,
  token,
  kind,
  brokers,
  kafkaAdmin,
  kafkaSsl,
  postgres,
  tookMs: Date.now() - started,
};
writePrivate(join(home, 'holder.json'), JSON.stringify(state));

process.stdin.resume().once('close', () => void end());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end());

async function answer(request) {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new Error('not for you');
  const order = orders[request.url.slice(1)];
  if (!order) throw new Error(`no such order: ${request.url}`);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return order(JSON.parse(Buffer.concat(chunks).toString() || '{}'));
}

async function end() {
  server.close();
  await infra.stop();
  await removeInstance(home);
  process.exit(0);
}
