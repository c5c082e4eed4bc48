import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { dataFolder } from './paths.mjs';
import { environmentFile } from './provision/environment.mjs';

/** What to do when the first token has ended. */
export const wayBackIn = 'npx throughline admin create <name>';

/**
 * Whether the first administrator's token still lets anybody in. Only the gateway's database knows.
 * @param {string} home @returns {Promise<'good' | 'ended' | 'unknown'>}
 */
export async function firstTokenState(home) {
  const file = environmentFile(existsSync(home) ? dataFolder(home) : home, 'gateway');
  if (!existsSync(file)) return 'unknown';
  try {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      connectionString: parseEnv(readFileSync(file, 'utf8')).DATABASE_URL,
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
    });
    client.on('error', () => {});
    await client.connect();
    try {
      const { rows } = await client.query(
        "select ended_at is null and coalesce(first_used_at > now() - interval '24 hours', true) as good from gateway.token where first",
      );
      return rows.length === 0 ? 'unknown' : rows[0].good ? 'good' : 'ended';
    } finally {
      await client.end();
    }
  } catch {
    // It does not run, or nothing is installed yet: there is nothing to tell.
    return 'unknown';
  }
}
