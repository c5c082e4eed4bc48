import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from '../errors.mjs';
import { projectRoot } from '../paths.mjs';

/** @typedef {Pick<import('../instance.mjs').Instance, 'home' | 'data'>} Folders */

/**
 * Data outlive a home, or its secrets alone, that somebody deleted by hand. Nothing is started or fetched then, and no new
 * passwords are made, which would look like the ones that are missing.
 * @param {Folders} instance @param {Pick<ReturnType<typeof import('../secrets.mjs').openSecrets>, 'has'>} secrets
 * @param {{ postgres: import('./index.mjs').Provider, kafka: import('./index.mjs').Provider }} chosen
 */
export function refuseLostSecrets({ home, data }, secrets, chosen) {
  const inContainer = (name) => holds(join(home, 'docker', name, 'data'));
  const postgres = { env: () => false, local: () => holdsPostgres(data), docker: () => inContainer('postgres') };
  const kafka = { env: () => false, local: () => existsSync(join(data, 'kafka', 'users.json')), docker: () => inContainer('kafka') };
  const lost =
    (!secrets.has('postgres/superuser') && postgres[chosen.postgres]()) || (!secrets.has('kafka/admin') && kafka[chosen.kafka]());
  if (lost) throw lostSecrets({ home, data }, 'are gone');
}

/** The server knows other passwords than the ones that are kept. @param {Folders} instance @param {unknown} cause */
export const otherSecrets = (instance, cause) => lostSecrets(instance, 'are not those that are there now', cause);

/** @param {Folders} instance @param {string} how @param {unknown} [cause] */
function lostSecrets({ home, data }, how, cause) {
  const file = join(home, 'secrets.json');
  const uninstall = `npx throughline uninstall${home === join(projectRoot, '.throughline') ? '' : ` --home ${home}`}`;
  return new LauncherError('SECRETS_LOST', `The data in ${data} belong to an installation whose secrets (${file}) ${how}`, {
    remedy: `Put that file back, with the keys beside it (${join(home, 'keys')}); or begin anew, which removes these data for good: ${uninstall}`,
    cause,
  });
}

const holds = (folder) => existsSync(folder) && readdirSync(folder).length > 0;

const holdsPostgres = (data) => readdirSync(data).some((name) => /^postgres-\d+$/.test(name) && existsSync(join(data, name, 'PG_VERSION')));
