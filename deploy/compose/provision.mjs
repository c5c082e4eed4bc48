// In a container, before the services: roles, schemas, topics, and rules of the broker. Doing it again changes nothing.
import { readJson } from '../../tools/launcher/files.mjs';
import { ADMIN } from '../../tools/launcher/infra/kafka/config.mjs';
import { SUPERUSER } from '../../tools/launcher/infra/postgres/server.mjs';
import { provisionBroker } from '../../tools/launcher/provision.mjs';
import { provisionDatabase } from '../../tools/launcher/provision/database.mjs';
import { openSecrets } from '../../tools/launcher/secrets.mjs';
import { SERVICES } from '../../tools/launcher/services.mjs';

const secrets = openSecrets('/run/secrets');
const infra = {
  brokers: ['kafka:9092'],
  kafkaSsl: false,
  kafkaAdmin: { username: ADMIN, password: secrets.get(`kafka/${ADMIN}`) },
  ownAccounts: true,
  postgres: { host: 'postgres', port: 5432, superuser: SUPERUSER, password: secrets.get('postgres/superuser'), database: 'postgres' },
};
await provisionDatabase({ infra, secrets, services: SERVICES });
await provisionBroker(infra, readJson('deploy/topics.json'), SERVICES);
console.log(`Roles, schemas, topics and rules of ${SERVICES.length} services are in place.`);
