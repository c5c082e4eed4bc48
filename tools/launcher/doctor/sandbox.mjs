import { spawnSync } from 'node:child_process';
import { isRoot } from '../paths.mjs';

const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * Whether scanners can be boxed in, found by trying: what the kernel's settings promise is not always what it does.
 * @returns {import('../doctor.mjs').Check[]}
 */
export function sandboxChecks() {
  if (process.platform !== 'linux') {
    return [
      {
        name: 'sandbox',
        state: 'poor',
        found: `none known on ${process.platform}`,
        remedy: 'Scanners that need one will be unavailable; run the platform on Linux for them.',
      },
    ];
  }
  const args = ['-Urnpf', '--mount', '--kill-child', 'true'];
  const tried = spawnSync('unshare', args, { ...(isRoot() ? NOBODY : {}), cwd: '/', encoding: 'utf8', timeout: 10_000 });
  if (tried.status === 0)
    return [{ name: 'sandbox', state: 'good', found: 'namespaces work: scanners get no network, no other processes, no other files' }];
  const why = (tried.error?.message ?? tried.stderr).trim().split('\n')[0];
  return [
    {
      name: 'sandbox',
      state: 'poor',
      found: `namespaces do not work here (${why})`,
      remedy:
        'Scanners will not run. Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, or on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), or start outside of the container.',
    },
  ];
}
