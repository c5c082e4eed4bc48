import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writePrivate } from '../../files.mjs';
import { projectRoot } from '../../paths.mjs';
import { freePort } from '../../ports.mjs';
import { eventually } from '../../wait.mjs';
import { letsIn } from '../kafka/client.mjs';
import { ADMIN, CONTROLLER, clientProperties, formatArguments, serverProperties } from '../kafka/config.mjs';
import { Container } from './compose.mjs';
import { imageOf, shownImage } from './images.mjs';

const INSIDE = '/throughline';
const START = join(projectRoot, 'deploy', 'kafka', 'start.sh');

/** @returns {Promise<import('../index.mjs').KafkaPart>} */
export async function dockerKafka({ instance, secrets, log, services }) {
  const { ports } = instance.state;
  ports.kafka = await freePort(ports.kafka);
  instance.save();
  const folder = join(instance.home, 'docker', 'kafka');
  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const image = imageOf('kafka');
  const container = new Container(instance.home, 'kafka', {
    image,
    ports: [`127.0.0.1:${ports.kafka}:${ports.kafka}`],
    volumes: [`${folder}:${INSIDE}`, `${START}:/start.sh:ro`],
    environment: { KAFKA_HEAP_OPTS: '-Xmx256m -Xms64m', LOG_DIR: '/tmp/logs' },
    entrypoint: ['/bin/bash', '/start.sh', `${INSIDE}/server.properties`, `${INSIDE}/format.args`, `${INSIDE}/data`],
    security_opt: ['no-new-privileges:true'],
  });
  const admin = { username: ADMIN, password: secrets.get(`kafka/${ADMIN}`) };
  const brokers = [`127.0.0.1:${ports.kafka}`];
  const answers = () =>
    eventually(letsIn({ brokers, ...admin }, instance), {
      within: 180_000,
      every: 250,
      what: `Kafka in ${container.project}; its log: docker logs`,
    });
  const names = writeSettings(folder, { port: ports.kafka, secrets, services, admin });
  log(`Kafka: container ${shownImage(image)}`);
  await container.up();
  await answers();
  rmSync(join(folder, 'format.args'), { force: true });
  await addMissingUsers({ container, folder, names, secrets, admin, broker: `127.0.0.1:${ports.kafka}` });
  const restart = async () => {
    await container.restart();
    await answers();
  };
  return { brokers, admin, stop: container.stop, kill: container.kill, restart };
}

/** @returns {string[]} the accounts that the broker should have */
function writeSettings(folder, { port, secrets, services, admin }) {
  const names = [ADMIN, ...services];
  const controllerPassword = secrets.get(`kafka/${CONTROLLER}`);
  writePrivate(
    join(folder, 'server.properties'),
    serverProperties({
      folder: INSIDE,
      port,
      controllerPort: port === 19_093 ? 19_094 : 19_093,
      adminPassword: admin.password,
      controllerPassword,
      bind: '0.0.0.0',
    }),
  );
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    const clusterId = Buffer.concat([Buffer.from([1]), randomBytes(15)]).toString('base64url');
    const users = Object.fromEntries(names.map((name) => [name, secrets.get(`kafka/${name}`)]));
    writePrivate(join(folder, 'format.args'), formatArguments({ settings: `${INSIDE}/server.properties`, clusterId, users }));
    writePrivate(join(folder, 'users.json'), JSON.stringify(names));
  }
  return names;
}

async function addMissingUsers({ container, folder, names, secrets, admin, broker }) {
  const known = readJson(join(folder, 'users.json')) ?? [];
  for (const name of names.filter((candidate) => !known.includes(candidate))) {
    writePrivate(join(folder, 'admin.properties'), clientProperties(ADMIN, admin.password));
    writePrivate(join(folder, 'user.properties'), `SCRAM-SHA-256=[iterations=4096,password=${secrets.get(`kafka/${name}`)}]\n`);
    try {
      await container.exec([
        '/opt/kafka/bin/kafka-configs.sh',
        '--bootstrap-server',
        broker,
        '--command-config',
        `${INSIDE}/admin.properties`,
        '--alter',
        '--add-config-file',
        `${INSIDE}/user.properties`,
        '--entity-type',
        'users',
        '--entity-name',
        name,
      ]);
    } finally {
      for (const file of ['admin.properties', 'user.properties']) rmSync(join(folder, file), { force: true });
    }
    known.push(name);
    writePrivate(join(folder, 'users.json'), JSON.stringify(known));
  }
}
