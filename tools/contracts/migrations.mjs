import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sha256 } from '@throughline/contracts';

const apps = new URL('../../apps/', import.meta.url);

/**
 * The digest of each migration by service and name, as the database keeps it, from the definition with which the service itself
 * starts: nothing is run, and a list that no service applies does not count.
 */
export async function migrationDigests() {
  const services = readdirSync(apps).filter((app) => existsSync(new URL(`${app}/src/service.ts`, apps)));
  const digests = {};
  for (const app of services.toSorted()) {
    const { default: service } = await import(fileURLToPath(new URL(`${app}/dist/service.js`, apps)));
    digests[service.name] = Object.fromEntries(service.migrations.map(({ name, sql }) => [name, sha256(sql)]));
  }
  return digests;
}

/** What of the migrations written down in `before` is no longer as databases have taken it, as sentences. */
export function brokenMigrations(before, after) {
  return Object.entries(before).flatMap(([service, digests]) =>
    Object.entries(digests).flatMap(([name, digest]) => {
      const now = after[service]?.[name];
      if (now === digest) return [];
      return [`migration ${name} of ${service} ${now === undefined ? 'is gone' : 'has another text'}`];
    }),
  );
}
