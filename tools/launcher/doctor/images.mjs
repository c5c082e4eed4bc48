import { chooseProviders } from '../infra/choose.mjs';
import { imageOf, isByDigest } from '../infra/docker/images.mjs';

/**
 * Only where containers bring Postgres or Kafka. All else that is fetched is held by a digest of this repository.
 * @returns {import('../doctor.mjs').Check[]}
 */
export function imageChecks() {
  const ways = wanted();
  const images = /** @type {import('../infra/docker/images.mjs').Containered[]} */ (Object.keys(ways))
    .filter((service) => ways[service] === 'docker')
    .map(imageOf);
  if (images.length === 0) return [];
  const loose = images.filter((image) => !isByDigest(image));
  if (loose.length === 0) return [{ name: 'images', state: 'good', found: images.join(', ') }];
  return [
    {
      name: 'images',
      state: 'poor',
      found: `named by tag, not by digest: ${loose.join(', ')}`,
      remedy: 'Whoever holds the registry decides what runs. docs/install.md (Images by digest) says how to pin them.',
    },
  ];
}

/** A provider that cannot be had is named by the checks of the programs. */
function wanted() {
  try {
    return chooseProviders();
  } catch {
    return {};
  }
}
