import { access, realpath } from 'node:fs/promises';
import { firstScannerUid, type BoxRequest, type Sandbox, type Visible } from './sandbox.ts';

/**
 * Runs as root of the new namespaces, with arguments only: nothing of a request is ever part of the text.
 * Semaphores of Python's process pools need /dev/shm; it is small.
 * The host's /proc is needed to take the old root away, and goes with it; the box has none.
 */
const enter = `set -eu
root=$1 tmp=$2 user=$3; shift 3
mount -t tmpfs -o mode=0755,nosuid,nodev,size=4m,nr_inodes=16k box "$root"
mkdir "$root/dev" "$root/dev/shm" "$root/tmp" "$root/old" "$root/proc"
mount --rbind /proc "$root/proc"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o "mode=0700,nosuid,nodev,size=$tmp,nr_inodes=64k,uid=$user,gid=$user" tmp "$root/tmp"
mount -t tmpfs -o "mode=0700,nosuid,nodev,noexec,size=1m,nr_inodes=64,uid=$user,gid=$user" shm "$root/dev/shm"
while [ "$1" != -- ]; do
  from=$1 to=$root$2; shift 2
  if [ -h "$from" ]; then mkdir -p "\${to%/*}"; cp -P "$from" "$to"; continue; fi
  if [ -d "$from" ]; then mkdir -p "$to"; else mkdir -p "\${to%/*}"; : > "$to"; fi
  mount --bind "$from" "$to"
  mount -o remount,bind,ro,nosuid,nodev "$to"
done
shift
echo 1000 > /proc/self/oom_score_adj || true
cd "$root"
pivot_root . old
umount -l /old /proc
rmdir /old /proc
mount -o remount,ro /
cd /tmp
exec "$@"`;

/** What programs need of the system; nothing of it is writable or secret. */
const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc/ld.so.cache', '/etc/alternatives'];

const needed = ['unshare', 'setpriv', 'prlimit', 'mount', 'umount', 'pivot_root', 'sh'];

/** Mount, process, network, IPC and host name namespaces by util-linux; for ordinary users inside a user namespace. */
export class Namespaces implements Sandbox {
  readonly level = 'namespaces';
  readonly means = 'unshare';

  /** `mountPoint`: an empty folder; each box mounts its root there, unseen by the others. */
  private constructor(
    private readonly mountPoint: string,
    private readonly isRoot: boolean,
    private readonly system: readonly string[],
  ) {}

  /** Undefined where the programs are missing; whether the kernel lets them work is for the probe to say. */
  static async find(mountPoint: string, isRoot: boolean): Promise<Namespaces | undefined> {
    for (const program of needed)
      if (!(await anyOf([`/usr/bin/${program}`, `/usr/sbin/${program}`, `/bin/${program}`, `/sbin/${program}`]))) return undefined;
    const present = await Promise.all(system.map(async (path) => ((await isThere(path)) ? [path] : [])));
    return new Namespaces(await realpath(mountPoint), isRoot, present.flat());
  }

  inside({ inside }: Visible): string {
    return inside;
  }

  wrap(request: BoxRequest): { argv: readonly string[] } {
    const { limits, visible, argv } = request;
    const user = String(this.isRoot ? firstScannerUid + request.slot : 0);
    return {
      argv: [
        // The box ends with this process, whatever ends it.
        ...['setpriv', '--pdeathsig', 'KILL', 'unshare'],
        ...(this.isRoot ? [] : ['--user', '--map-root-user']),
        ...['--mount', '--net', '--ipc', '--uts', '--pid', '--fork', '--kill-child=KILL', '--'],
        ...['sh', '-c', enter, 'enter', this.mountPoint, String(limits.tmpBytes), user],
        ...this.system.flatMap((path) => [path, path]),
        ...visible.flatMap(({ host, inside }) => [host, inside]),
        ...['--', 'prlimit', `--cpu=${limits.cpuSeconds}`, `--fsize=${limits.tmpBytes}`, `--nofile=${limits.openFiles}`],
        ...[`--nproc=${limits.processes}`, '--core=0', '--'],
        ...['setpriv', '--reuid', user, '--regid', user, this.isRoot ? '--clear-groups' : '--keep-groups'],
        ...['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all', '--', ...argv],
      ],
    };
  }
}

async function anyOf(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await isThere(path)) return true;
  return false;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
