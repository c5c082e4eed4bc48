// Makes what docker-compose.yml mounts as secrets: passwords, keys, the broker's settings, each service's own variables.
// Needs Node.js and nothing installed. Doing it again changes nothing that is in use: node deploy/compose/prepare.mjs
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePrivate } from '../../tools/launcher/files.mjs';
import { ADMIN, CONTROLLER, formatArguments, serverProperties } from '../../tools/launcher/infra/kafka/config.mjs';
import { projectRoot } from '../../tools/launcher/paths.mjs';
import { databaseUrl } from '../../tools/launcher/provision/database.mjs';
import { renderEnvironment } from '../../tools/launcher/provision/environment.mjs';
import { provisionKeys } from '../../tools/launcher/provision/keys.mjs';
import { provisionToken } from '../../tools/launcher/provision/token.mjs';
import { openSecrets } from '../../tools/launcher/secrets.mjs';
import { SERVICES, schemaOf } from '../../tools/launcher/services.mjs';

/** Inside the broker's container. */
const broker = { settings: '/run/secrets/server.properties', folder: '/var/lib/kafka', port: 9092, controllerPort: 9093 };

/** @param {string} home */
export function prepare(home) {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  const secrets = openSecrets(home);
  const token = provisionToken(home);
  provisionKeys(home, SERVICES);
  for (const service of SERVICES) writeVariables(home, service, secrets, token);
  writeBroker(home, secrets);
  writePrivate(join(home, 'postgres-superuser'), secrets.get('postgres/superuser'));
  letContainersRead(home);
  return { token: token.file };
}

function writeVariables(home, service, secrets, token) {
  const address = { host: 'postgres', port: 5432 };
  const role = (name) => databaseUrl(address, name, secrets.get(`postgres/${name}`));
  const variables = {
    DATABASE_URL: role(schemaOf(service)),
    MIGRATION_DATABASE_URL: role(`${schemaOf(service)}_owner`),
    KAFKA_USERNAME: service,
    KAFKA_PASSWORD: secrets.get(`kafka/${service}`),
    ...(service === 'gateway' && { ADMIN_TOKEN_SHA256: token.sha256 }),
  };
  writePrivate(join(home, `${service}.env`), renderEnvironment(variables));
}

/** The arguments of the first format stay: the broker's data may be thrown away and made anew. */
function writeBroker(home, secrets) {
  const { settings, folder, port, controllerPort } = broker;
  const [adminPassword, controllerPassword] = [secrets.get(`kafka/${ADMIN}`), secrets.get(`kafka/${CONTROLLER}`)];
  const properties = serverProperties({ folder, port, controllerPort, adminPassword, controllerPassword, bind: '0.0.0.0', host: 'kafka' });
  writePrivate(join(home, 'server.properties'), properties);
  if (existsSync(join(home, 'format.args'))) return;
  const clusterId = Buffer.concat([Buffer.from([1]), randomBytes(15)]).toString('base64url');
  const users = Object.fromEntries([ADMIN, ...SERVICES].map((name) => [name, secrets.get(`kafka/${name}`)]));
  writePrivate(join(home, 'format.args'), formatArguments({ settings, clusterId, users }));
}

/** A file that is mounted keeps its mode, and containers run under users of their own; on this machine the folder is shut. */
function letContainersRead(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) letContainersRead(path);
    else chmodSync(path, 0o444);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const home = resolve(process.env.THROUGHLINE_COMPOSE_HOME ?? join(projectRoot, '.throughline', 'compose'));
  const { token } = prepare(home);
  console.log(`Secrets are in ${home}; the first token to sign in with is in ${token}.\nNow: docker compose up --build --detach`);
}
