import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '../../files.mjs';
import { freePort } from '../../ports.mjs';
import { eventually } from '../../wait.mjs';
import { letsIn } from '../postgres/query.mjs';
import { SUPERUSER } from '../postgres/server.mjs';
import { Container } from './compose.mjs';
import { imageOf, shownImage } from './images.mjs';

const SETTINGS = ['max_connections=200', 'log_min_error_statement=panic', 'log_error_verbosity=terse'];

/** @returns {Promise<import('../index.mjs').PostgresPart>} */
export async function dockerPostgres({ instance, secrets, log }) {
  const port = await freePort(instance.state.ports.postgres);
  instance.state.ports.postgres = port;
  instance.save();
  const folder = join(instance.home, 'docker', 'postgres');
  for (const name of ['data', 'secret']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const password = secrets.get('postgres/superuser');
  writePrivate(join(folder, 'secret', 'superuser'), password);
  const image = imageOf('postgres');
  const container = new Container(instance.home, 'postgres', {
    image,
    ports: [`127.0.0.1:${port}:5432`],
    environment: {
      POSTGRES_USER: SUPERUSER,
      POSTGRES_DB: 'postgres',
      POSTGRES_PASSWORD_FILE: '/secret/superuser',
      POSTGRES_INITDB_ARGS: '--auth=scram-sha-256 -E UTF8',
    },
    volumes: [`${folder}/data:/var/lib/postgresql`, `${folder}/secret:/secret:ro`],
    command: ['postgres', ...SETTINGS.flatMap((setting) => ['-c', setting])],
    security_opt: ['no-new-privileges:true'],
  });
  const address = { host: '127.0.0.1', port, superuser: SUPERUSER, password, database: 'postgres' };
  const answers = () =>
    eventually(() => letsIn(address, instance), {
      within: 120_000,
      every: 200,
      what: `Postgres in ${container.project}; its log: docker logs`,
    });
  log(`Postgres: container ${shownImage(image)}`);
  await container.up();
  await answers();
  const restart = async () => {
    await container.restart();
    await answers();
  };
  return { address, stop: container.stop, kill: container.kill, restart };
}
