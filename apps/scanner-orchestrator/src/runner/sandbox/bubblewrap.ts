import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { firstScannerUid, type BoxRequest, type Sandbox, type Visible } from './sandbox.ts';

const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc/ld.so.cache', '/etc/alternatives'];

/** No user namespace: it would know the id of root only, and the scanner is to have one of its own. */
const asRoot = [
  ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts'],
  ...['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((right) => ['--cap-add', right]),
];
const asUser = ['--unshare-all', '--cap-drop', 'ALL'];

/** bubblewrap, where it is installed: it may be allowed to do what an ordinary `unshare` is not. */
export class Bubblewrap implements Sandbox {
  readonly level = 'namespaces';
  readonly means = 'bubblewrap';

  private constructor(
    private readonly program: string,
    private readonly isRoot: boolean,
  ) {}

  static async find(
    isRoot: boolean,
    places: readonly string[] = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'],
  ): Promise<Bubblewrap | undefined> {
    for (const place of places) {
      const found = await access(place).then(
        () => true,
        () => false,
      );
      if (found) return new Bubblewrap(place, isRoot);
    }
    return undefined;
  }

  inside({ inside }: Visible): string {
    return inside;
  }

  wrap({ argv, visible, limits, slot }: BoxRequest): { argv: readonly string[] } {
    const user = String(firstScannerUid + slot);
    // As root it must see folders that are closed to others before it gives its rights up, so that happens inside.
    const drop = [
      'setpriv',
      '--reuid',
      user,
      '--regid',
      user,
      '--clear-groups',
      '--no-new-privs',
      '--inh-caps=-all',
      '--bounding-set=-all',
      '--',
    ];
    return {
      argv: [
        ...['setpriv', '--pdeathsig', 'KILL', 'prlimit', `--cpu=${limits.cpuSeconds}`, `--fsize=${limits.tmpBytes}`],
        ...[`--nofile=${limits.openFiles}`, '--core=0', '--'],
        ...[this.program, ...(this.isRoot ? asRoot : asUser), '--die-with-parent', '--new-session'],
        ...['--dev', '/dev', '--perms', '1777', '--size', String(limits.tmpBytes), '--tmpfs', '/tmp', '--chdir', '/tmp'],
        // Semaphores of Python's process pools.
        ...['--perms', '1777', '--size', '1048576', '--tmpfs', '/dev/shm'],
        ...foldersAbove(['/etc/x', ...visible.map(({ inside }) => inside)]).flatMap((folder) => ['--perms', '0755', '--dir', folder]),
        ...system.flatMap((path) => ['--ro-bind-try', path, path]),
        ...visible.flatMap(({ host, inside }) => ['--ro-bind', host, inside]),
        ...['--remount-ro', '/', '--', ...(this.isRoot ? drop : []), ...argv],
      ],
    };
  }
}

/** Made first: those that bubblewrap makes for a file are closed to all but root. */
function foldersAbove(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) folders.add(folder);
  return [...folders].sort();
}
