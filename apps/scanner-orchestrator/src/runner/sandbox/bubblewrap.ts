import { access } from 'node:fs/promises';
import { firstScannerUid, type BoxRequest, type Sandbox, type Visible } from './sandbox.ts';

const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc/ld.so.cache', '/etc/alternatives'];

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
    return {
      argv: [
        ...['setpriv', '--pdeathsig', 'KILL', 'prlimit', `--cpu=${limits.cpuSeconds}`, `--fsize=${limits.tmpBytes}`],
        ...[`--nofile=${limits.openFiles}`, '--core=0', '--'],
        ...(this.isRoot ? ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', '--'] : []),
        ...[this.program, '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
        ...['--dev', '/dev', '--size', String(limits.tmpBytes), '--tmpfs', '/tmp', '--chdir', '/tmp'],
        ...system.flatMap((path) => ['--ro-bind-try', path, path]),
        ...visible.flatMap(({ host, inside }) => ['--ro-bind', host, inside]),
        ...['--remount-ro', '/', '--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'HOME', '/tmp', '--', ...argv],
      ],
    };
  }
}
