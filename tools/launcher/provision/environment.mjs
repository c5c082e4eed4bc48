import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { writePrivate } from '../files.mjs';
import { give } from '../infra/users.mjs';
import { isRoot } from '../paths.mjs';
import { SERVICES, schemaOf, urlVariableOf } from '../services.mjs';
import { databaseUrl } from './database.mjs';
import { serviceLogs } from './places.mjs';

/**
 * Everything that a service is told, and nothing else: no service reads the launcher's own environment.
 * @param {object} given
 * @param {string} given.service
 * @param {string} given.home
 * @param {string} given.data
 * @param {string} given.code folder that the services run from
 * @param {Record<string, number>} given.ports service → port
 * @param {import('../infra/index.mjs').Infrastructure} given.infra
 * @param {ReturnType<typeof import('../secrets.mjs').openSecrets>} given.secrets
 * @param {ReturnType<typeof import('./keys.mjs').provisionKeys>} given.keys
 * @param {{ sha256: string }} given.token
 * @param {{ sha256: string }} [given.forDemo]
 * @returns {Record<string, string>}
 */
export function environmentOf({ service, home, data, code, ports, infra, secrets, keys, token, forDemo }) {
  const schema = schemaOf(service);
  const role = (name) => databaseUrl(infra.postgres, name, secrets.get(`postgres/${name}`));
  const { identity, kek, findingIdentity } = keys.of(service);
  const urls = Object.fromEntries(
    SERVICES.filter((name) => ports[name]).map((name) => [urlVariableOf(name), `http://127.0.0.1:${ports[name]}`]),
  );
  return definedOnly({
    SERVICE_NAME: service,
    HOST: '127.0.0.1',
    PORT: String(ports[service]),
    DATABASE_URL: role(schema),
    MIGRATION_DATABASE_URL: role(`${schema}_owner`),
    ...kafkaLogin(service, infra, secrets),
    THROUGHLINE_HOME: home,
    BLOBS_DIR: join(data, 'blobs'),
    IDENTITY_PRIVATE_KEY_FILE: identity,
    IDENTITY_PUBLIC_KEYS_FILE: keys.publicKeys,
    KEK_FILE: kek,
    ...urls,
    PUBLIC_URL: urls.GATEWAY_URL,
    LOG_LEVEL: process.env.LOG_LEVEL || 'info',
    LOG_FILE: join(serviceLogs(home, data), `${service}.log`),
    OTEL_EXPORTER_OTLP_ENDPOINT: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
    ...extrasOf(service, { data, code, token, forDemo, findingIdentity }),
  });
}

function kafkaLogin(service, infra, secrets) {
  const own = infra.ownAccounts;
  return {
    KAFKA_BROKERS: infra.brokers.join(','),
    KAFKA_USERNAME: own ? service : infra.kafkaAdmin.username,
    KAFKA_PASSWORD: own ? secrets.get(`kafka/${service}`) : infra.kafkaAdmin.password,
    KAFKA_SSL: infra.kafkaSsl ? 'true' : undefined,
  };
}

function extrasOf(service, { data, code, token, forDemo, findingIdentity }) {
  const roots = [join(data, 'local'), join(data, 'demo'), ...(process.env.THROUGHLINE_FILE_ROOTS ?? '').split(delimiter)].filter(Boolean);
  const FILE_URL_ROOTS = roots.join(delimiter);
  if (service === 'ingest') return { FILE_URL_ROOTS, OUTBOUND_ALLOW: process.env.OUTBOUND_ALLOW };
  if (service === 'gateway') {
    const DASHBOARD_DIR = join(code, 'apps', 'dashboard', 'dist');
    const { OUTBOUND_ALLOW } = process.env;
    return { ADMIN_TOKEN_SHA256: token.sha256, DEMO_TOKEN_SHA256: forDemo?.sha256, DASHBOARD_DIR, OUTBOUND_ALLOW };
  }
  if (service === 'ledger') return { OUTBOUND_ALLOW: process.env.OUTBOUND_ALLOW, FEED_FILE_ROOTS: process.env.FEED_FILE_ROOTS };
  if (service === 'notifier') return { OUTBOUND_ALLOW: process.env.OUTBOUND_ALLOW, MAIL_DOMAINS: process.env.MAIL_DOMAINS };
  if (service === 'remediation') {
    const { ASK_REGISTRIES, NPM_REGISTRY, PYPI_REGISTRY, MINIMUM_RELEASE_AGE_DAYS, OUTBOUND_ALLOW } = process.env;
    return { ASK_REGISTRIES, NPM_REGISTRY, PYPI_REGISTRY, MINIMUM_RELEASE_AGE_DAYS, OUTBOUND_ALLOW };
  }
  if (service !== 'scanner-orchestrator') return {};
  const [TOOLS_DIR, RULES_DIR, WORK_DIR] = ['tools', 'rules', 'work'].map((name) => join(data, name));
  const { OUTBOUND_ALLOW, MAX_IMAGE_MIB, REGISTRY_AUTH_FILE, REGISTRY_REALMS } = process.env;
  const forImages = { MAX_IMAGE_MIB, REGISTRY_AUTH_FILE, REGISTRY_REALMS };
  return { FINDING_IDENTITY_KEY_FILE: findingIdentity, TOOLS_DIR, RULES_DIR, WORK_DIR, FILE_URL_ROOTS, OUTBOUND_ALLOW, ...forImages };
}

function definedOnly(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** @param {string} data @param {string} service */
export const environmentFile = (data, service) => join(data, 'run', `${service}.env`);

/**
 * @param {string} data @param {string} service @param {Record<string, string>} environment
 * @param {import('../infra/users.mjs').User} [reader]
 */
export function writeEnvironment(data, service, environment, reader) {
  mkdirSync(join(data, 'run'), { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
  writePrivate(environmentFile(data, service), renderEnvironment(environment));
  give(environmentFile(data, service), reader);
}

/** @param {Record<string, string>} environment @returns {string} in the form that `node --env-file` reads */
export function renderEnvironment(environment) {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${quoted(name, value)}\n`)
    .join('');
}

function quoted(name, value) {
  if (/[\r\n]/.test(value)) throw new Error(`${name} holds a line break and cannot be put into a file of variables`);
  if (/^[\w@%+=:,./?&~-]*$/.test(value)) return value;
  const mark = ['"', "'", '`'].find((candidate) => !value.includes(candidate));
  // Inside double quotes a backslash followed by n would become a line break.
  const safe = mark === '"' && value.includes('\\') ? ["'", '`'].find((candidate) => !value.includes(candidate)) : mark;
  if (!safe) throw new Error(`${name} holds all kinds of quotes and cannot be put into a file of variables`);
  return `${safe}${value}${safe}`;
}
