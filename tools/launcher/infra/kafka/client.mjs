import { otherSecrets } from '../lost-secrets.mjs';

/**
 * @param {{ brokers: string[], username?: string, password?: string, ssl?: boolean, retry?: import('kafkajs').RetryOptions }} address
 *   without a user name: no login; it tries once unless `retry` says otherwise
 * @returns {Promise<import('kafkajs').Kafka>}
 */
export async function kafkaClient({ brokers, username, password, ssl = false, retry = { retries: 0 } }) {
  const { default: kafkajs } = await import('kafkajs');
  return new kafkajs.Kafka({
    clientId: 'throughline-launcher',
    brokers,
    ssl,
    logLevel: kafkajs.logLevel.NOTHING,
    sasl: username ? { mechanism: 'scram-sha-256', username, password: password ?? '' } : undefined,
    connectionTimeout: 2_000,
    authenticationTimeout: 5_000,
    requestTimeout: 15_000,
    retry,
  });
}

/**
 * @template T
 * @param {Parameters<typeof kafkaClient>[0]} address @param {(admin: import('kafkajs').Admin) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function asAdmin(address, use) {
  const admin = (await kafkaClient(address)).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** True once the broker has let the administrator in and answered what only its controller knows. */
const brokerAnswers = (address) =>
  asAdmin(address, async (admin) => {
    const { controller } = await admin.describeCluster();
    return controller !== null && controller !== undefined && (await admin.listTopics()) !== undefined;
  });

/** A broker that is still reading its accounts refuses for a moment whom it lets in later. */
const REFUSES_FOR_GOOD = 5_000;

/**
 * Asks our own broker until it answers.
 * @param {Parameters<typeof kafkaClient>[0]} address @param {import('../lost-secrets.mjs').Folders} instance
 */
export function letsIn(address, instance) {
  let refusedSince;
  return async () => {
    try {
      return await brokerAnswers(address);
    } catch (error) {
      refusedSince = isRefusal(error) ? (refusedSince ?? Date.now()) : undefined;
      throw refusedSince && Date.now() - refusedSince > REFUSES_FOR_GOOD ? otherSecrets(instance, error) : error;
    }
  };
}

const isRefusal = (error) => [error, error.cause].some((each) => each?.name === 'KafkaJSSASLAuthenticationError');
