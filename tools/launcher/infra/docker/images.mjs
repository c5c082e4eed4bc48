import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../paths.mjs';

/** @typedef {'postgres' | 'kafka'} Containered */

/**
 * The image of a service as docker-compose.yml names it: what runs there runs here. `${POSTGRES_IMAGE:-…}` in it is what the
 * environment says, else the rest.
 * @param {Containered} service @returns {string}
 */
export function imageOf(service) {
  const text = readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8');
  const named = new RegExp(`^  ${service}:\\n    image: (\\S+)$`, 'm').exec(text)[1];
  return named.replace(/^\$\{(\w+):-(.+)\}$/, (_, variable, otherwise) => process.env[variable] || otherwise);
}

/** A tag is a name that its registry may give to other bytes tomorrow. @param {string} image */
export const isByDigest = (image) => /@sha256:[0-9a-f]{64}$/.test(image);

/** @param {string} image @returns {string} for people who watch the start */
export const shownImage = (image) => (isByDigest(image) ? image : `${image} (by its tag, not by digest)`);
