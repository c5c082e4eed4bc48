import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../paths.mjs';

/**
 * The image of a service as docker-compose.yml names it: what runs there runs here.
 * @param {'postgres' | 'kafka'} service @returns {Promise<string>}
 */
export async function imageOf(service) {
  const { parse } = await import('yaml');
  return parse(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8'), { merge: true }).services[service].image;
}
