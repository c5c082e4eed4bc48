import { LauncherError } from '../errors.mjs';

/**
 * Packages that an install on such a machine would fetch and that the lock file names by version only. npm writes that for
 * a platform whose packages it could not see.
 * @param {{ packages: Record<string, any> }} lock @param {{ platform: string, arch: string, libc?: string }} machine
 * @returns {string[]}
 */
export function withoutDigest({ packages }, { platform, arch, libc = 'glibc' }) {
  return Object.entries(packages)
    .filter(([path, { link, integrity }]) => path.includes('node_modules/') && !link && !/^sha512-/.test(integrity ?? ''))
    .filter(([, { os, cpu, libc: libraries }]) => fits(os, platform) && fits(cpu, arch) && (platform !== 'linux' || fits(libraries, libc)))
    .map(([path, { version }]) => `${path} ${version}`);
}

const fits = (list, value) => !list || (list.includes(value) && !list.includes(`!${value}`));

/** @param {{ packages: Record<string, any> }} lock */
export function refuseUnpinned(lock) {
  const found = withoutDigest(lock, process);
  if (found.length === 0) return;
  throw new LauncherError('NOT_PINNED', `package-lock.json names no digest for ${found.join(', ')}, which this platform needs`, {
    remedy:
      'Nothing was fetched. Where a registry serves them, `npm install --package-lock-only` writes the digests; look at them before you start.',
  });
}
