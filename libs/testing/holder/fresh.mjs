import { randomBytes } from 'node:crypto';
import { asAdmin } from '../../../tools/launcher/infra/kafka/client.mjs';
import { connect } from '../../../tools/launcher/infra/postgres/query.mjs';
import { provision } from '../../../tools/launcher/provision.mjs';
import { DATABASE } from '../../../tools/launcher/provision/database.mjs';
import { schemaOf } from '../../../tools/launcher/services.mjs';

/**
 * Empty schemas for the services and topics of their own, under a prefix that nobody had before.
 * @param {import('../../../tools/launcher/infra/index.mjs').Infrastructure} infra @param {string} home
 * @param {{ services: string[], topics: { topic: string, writers: string[], readers: string[] }[] }} wanted
 */
export async function freshPlatform(infra, home, { services, topics }) {
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  await dropSchemas(infra, services);
  const own = topics.map((topic) => ({ ...topic, topic: prefix + topic.topic }));
  const { environments } = await provision({ infra, home, services, topics: own, port: 0 });
  if (infra.ownAccounts) await admin(infra, (client) => allowGroups(client, prefix, services));
  const given = Object.entries(environments).map(([service, environment]) => [service, { ...environment, TOPIC_PREFIX: prefix }]);
  return { prefix, environments: Object.fromEntries(given) };
}

/** @param {import('../../../tools/launcher/infra/index.mjs').Infrastructure} infra @param {string} prefix */
export async function removeTopics(infra, prefix) {
  await admin(infra, async (client) => {
    const topics = (await client.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await client.deleteTopics({ topics, timeout: 10_000 });
  });
}

function admin(infra, use) {
  return asAdmin({ brokers: infra.brokers, ssl: infra.kafkaSsl, ...infra.kafkaAdmin }, use);
}

async function dropSchemas(infra, services) {
  const client = await connect(infra.postgres, infra.postgres.database);
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  await client.end();
  if (rowCount === 0) return;
  const inside = await connect(infra.postgres, DATABASE);
  try {
    for (const service of services) await inside.query(`drop schema if exists ${schemaOf(service)} cascade`);
  } finally {
    await inside.end();
  }
}

async function allowGroups(client, prefix, services) {
  const { default: kafkajs } = await import('kafkajs');
  const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
  await client.createAcls({
    acl: services.map((service) => ({
      resourceType: AclResourceTypes.GROUP,
      resourceName: `${prefix}${service}.`,
      resourcePatternType: ResourcePatternTypes.PREFIXED,
      principal: `User:${service}`,
      host: '*',
      operation: AclOperationTypes.READ,
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
}
