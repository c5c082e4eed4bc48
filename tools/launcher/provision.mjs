import { LauncherError } from './errors.mjs';
import { asAdmin } from './infra/kafka/client.mjs';
import { serviceUser } from './infra/users.mjs';
import { projectRoot } from './paths.mjs';
import { freePort } from './ports.mjs';
import { openSecrets } from './secrets.mjs';
import { SERVICES } from './services.mjs';
import { provisionAccess } from './provision/access.mjs';
import { provisionDatabase } from './provision/database.mjs';
import { environmentOf, writeEnvironment } from './provision/environment.mjs';
import { provisionKeys } from './provision/keys.mjs';
import { makePlaces } from './provision/places.mjs';
import { demoToken, provisionToken } from './provision/token.mjs';
import { provisionTopics } from './provision/topics.mjs';
import { eventually } from './wait.mjs';

const PUBLIC_PORT = 4000;

/**
 * Prepares everything that the services need: roles, schemas, topics, access rules, keys, ports and the first token.
 * Doing it again changes nothing. Each service's variables are returned and written to `run/<service>.env` in the data folder.
 * @param {object} given
 * @param {import('./infra/index.mjs').Infrastructure} given.infra
 * @param {string} given.home
 * @param {readonly string[]} [given.services]
 * @param {readonly import('./provision/topics.mjs').Topic[]} given.topics
 * @param {boolean} [given.demo] with a token for the demonstration
 * @param {string} [given.code] folder that the services run from
 * @param {boolean} [given.apart] each service is a process, and as root a user, of its own
 * @param {number} [given.port] of the gateway; taken: an error. 0: any. Without it 4000, or the next free one
 */
export async function provision({ infra, home, services = SERVICES, topics, code = projectRoot, apart = false, port, demo = false }) {
  const secrets = openSecrets(home);
  const { data } = infra.instance;
  const ports = await choosePorts(infra.instance, services, port);
  const userOf = (service) => serviceUser(apart ? service : undefined);
  makePlaces(home, data, userOf);
  const [keys, token, forDemo] = [provisionKeys(data, services, userOf), provisionToken(home), demo ? demoToken() : undefined];
  await Promise.all([provisionDatabase({ infra, secrets, services }), provisionBroker(infra, topics, services)]);
  /** @type {Record<string, Record<string, string>>} */
  const environments = {};
  for (const service of services) {
    environments[service] = environmentOf({ service, home, data, code, ports, infra, secrets, keys, token, forDemo });
    writeEnvironment(data, service, environments[service], userOf(service));
  }
  return { environments, ports, tokenFile: token.file, demoToken: forDemo?.token, gatewayUrl: `http://127.0.0.1:${ports.gateway}` };
}

/** Topics, and where the broker is ours its accounts' rules. */
export async function provisionBroker(infra, topics, services) {
  await asAdmin({ brokers: infra.brokers, ssl: infra.kafkaSsl, ...infra.kafkaAdmin }, async (admin) => {
    await provisionTopics(admin, topics);
    // Accounts and rules of somebody else's broker are that person's business.
    if (infra.ownAccounts) await provisionAccess(admin, topics, services);
    // Makes the topic of readers' positions, so that the first consumers need not wait and try again.
    await eventually(() => admin.describeGroups(['throughline-launcher']), {
      within: 60_000,
      every: 50,
      what: "Kafka's group coordinator",
    });
  });
}

async function choosePorts(instance, services, given) {
  const promised = new Set(Object.values(instance.state.ports));
  /** @type {Record<string, number>} */
  const ports = {};
  for (const service of services) {
    const kept = instance.state.ports[service];
    if (kept) promised.delete(kept);
    ports[service] = service === 'gateway' ? await publicPort(given, kept, promised) : await freePort(kept, promised);
    promised.add(ports[service]);
  }
  Object.assign(instance.state.ports, ports);
  instance.save();
  return ports;
}

async function publicPort(given, kept, promised) {
  if (given === undefined) return freePort((await freePort(PUBLIC_PORT, promised)) === PUBLIC_PORT ? PUBLIC_PORT : kept, promised);
  const port = await freePort(given || kept, promised);
  if (given && port !== given) {
    throw new LauncherError('PORT_TAKEN', `Port ${given} is taken by another program`, {
      remedy: 'Choose another: npm start -- --port <number>',
    });
  }
  return port;
}
