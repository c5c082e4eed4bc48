/** Fixed for the life of a topic's version: more partitions would put a key's later records where nobody waits for them. */
const PARTITIONS = 4;
const RETENTION_MS = 14 * 24 * 60 * 60 * 1000;

/** @typedef {{ topic: string, writers: string[], readers: string[] }} Topic from `deploy/topics.json` */

/**
 * Makes the topics that are missing and corrects how long the others keep their records.
 * @param {import('kafkajs').Admin} admin @param {readonly Topic[]} topics
 */
export async function provisionTopics(admin, topics) {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter(({ topic }) => !existing.has(topic));
  const configEntries = [{ name: 'retention.ms', value: String(RETENTION_MS) }];
  if (missing.length) {
    await admin.createTopics({
      topics: missing.map(({ topic }) => ({ topic, numPartitions: PARTITIONS, replicationFactor: -1, configEntries })),
      timeout: 30_000,
    });
  }
  const kept = topics.filter(({ topic }) => existing.has(topic)).map(({ topic }) => topic);
  await correctRetention(admin, kept, configEntries);
}

async function correctRetention(admin, names, configEntries) {
  if (!names.length) return;
  const { ConfigResourceTypes } = await import('kafkajs').then((module) => module.default);
  const type = ConfigResourceTypes.TOPIC;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type, name, configNames: ['retention.ms'] })),
  });
  const wrong = resources.filter(({ configEntries: [entry] }) => entry?.configValue !== String(RETENTION_MS));
  if (!wrong.length) return;
  await admin.alterConfigs({
    validateOnly: false,
    resources: wrong.map(({ resourceName }) => ({ type, name: resourceName, configEntries })),
  });
}
