import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LauncherError } from '../../errors.mjs';
import { tailOf } from '../../files.mjs';
import { freePort } from '../../ports.mjs';
import { parentOf } from '../../processes/identity.mjs';
import { launchSupervised } from '../../processes/supervised.mjs';
import { eventually } from '../../wait.mjs';
import { BEHIND_CALLERS, behind } from '../../processes/niceness.mjs';
import { give, postgresUser } from '../users.mjs';
import { letsIn } from './query.mjs';

const run = promisify(execFile);
export const SUPERUSER = 'throughline';

/** A Postgres of our own: TCP on loopback only, passwords required, ended with its parent. */
export class PostgresServer {
  /** @param {{ instance: import('../../instance.mjs').Instance, secrets: ReturnType<typeof import('../../secrets.mjs').openSecrets>, binaries: import('./binaries.mjs').PostgresBinaries, throwaway?: boolean, signal?: AbortSignal }} parts */
  constructor({ instance, secrets, binaries, throwaway = false, signal }) {
    this.instance = instance;
    this.binaries = binaries;
    this.throwaway = throwaway;
    this.signal = signal;
    this.user = postgresUser();
    this.folder = join(instance.data, `postgres-${binaries.major}`);
    this.logFile = join(instance.home, 'logs', 'postgres.log');
    this.password = secrets.get('postgres/superuser');
    this.port = 0;
  }

  /** @returns {import('../index.mjs').PostgresAddress} */
  get address() {
    return { host: '127.0.0.1', port: this.port, superuser: SUPERUSER, password: this.password, database: 'postgres' };
  }

  async start() {
    refuseOtherMajor(this.instance.data, this.binaries);
    if (!existsSync(this.folder)) await this.create();
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort(this.instance.state.ports.postgres);
      this.instance.state.ports.postgres = this.port;
      try {
        return await this.launch();
      } catch (error) {
        if (attempt === 3 || !this.saidLast('Address already in use')) throw error;
      }
    }
  }

  /** Makes the database files in a draft folder, so that a crash in between leaves none that look whole. */
  async create() {
    const draft = `${this.folder}.draft`;
    const passwordFile = join(this.instance.data, 'initial-password');
    for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, this.password, { mode: 0o600, flag: 'wx' });
    for (const path of [draft, passwordFile]) give(path, this.user);
    const locale =
      this.binaries.major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
    const args = ['-D', draft, '-U', SUPERUSER, '-E', 'UTF8', ...locale, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    if (this.throwaway) args.push('--no-sync');
    try {
      await run(join(this.binaries.bin, 'initdb'), args, { ...this.user, cwd: '/', env: this.env, timeout: 180_000 });
      renameSync(draft, this.folder);
    } catch (cause) {
      throw new LauncherError('POSTGRES_INIT', `initdb could not make ${this.folder}: ${(cause.stderr || cause.message).trim()}`, {
        cause,
      });
    } finally {
      for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
    }
  }

  async launch() {
    const end = Date.now() + 20_000;
    for (;;) {
      this.child = await launchSupervised(this.launchOptions());
      this.instance.remember('postgres', this.child);
      try {
        return await this.untilItAnswers(this.child);
      } catch (error) {
        // After a kill, the last of the old server's children may hold its shared memory for a moment.
        if (Date.now() > end || !this.saidLast('shared memory block')) throw error;
      }
    }
  }

  launchOptions() {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      max_connections: 200,
      // Statements and details of refused rows may carry what must not lie in a log.
      log_min_error_statement: 'panic',
      log_error_verbosity: 'terse',
      // What was committed is there after a SIGKILL also in tests: only a machine that loses power may lose it.
      ...(this.throwaway ? { fsync: 'off', full_page_writes: 'off' } : {}),
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return {
      name: 'Postgres',
      command: join(this.binaries.bin, 'postgres'),
      args: ['-D', this.folder, ...args],
      stopSignal: /** @type {const} */ ('SIGINT'),
      logFile: this.logFile,
      cwd: '/',
      env: this.env,
      user: this.user,
    };
  }

  async untilItAnswers(child) {
    const unless = () => {
      this.signal?.throwIfAborted();
      if (child.exit)
        throw new LauncherError(
          'POSTGRES_START',
          `Postgres did not start (${child.exit.code ?? child.exit.signal}): ${tailOf(this.logFile)}`,
        );
    };
    const what = `Postgres; its log is ${this.logFile}`;
    await eventually(() => letsIn(this.address, this.instance), { within: 60_000, every: 50, what, unless });
  }

  /** Lets the process behind a connection give way to the others. Anybody may name a process to us: only our own server's are touched. */
  giveWay(pid) {
    if (!this.child || parentOf(pid) !== this.child.identity.pid) return;
    try {
      setPriority(pid, behind(BEHIND_CALLERS));
    } catch (error) {
      // The connection has ended meanwhile.
      if (error.code !== 'ERR_SYSTEM_ERROR' || error.info?.code !== 'ESRCH') throw error;
    }
  }

  /** Whether the last lines of its log hold this text. */
  saidLast(text) {
    return tailOf(this.logFile).includes(text);
  }

  get env() {
    return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  }

  async stop() {
    await this.child?.stop(15_000);
    this.instance.remember('postgres');
  }

  async kill() {
    await this.child?.kill();
    this.instance.remember('postgres');
  }

  async restart() {
    if (this.child?.running) await this.stop();
    await this.launch();
  }
}

/** Files of one major version do not open under another, and the error of Postgres does not say what to do. */
export function refuseOtherMajor(data, binaries) {
  if (!existsSync(data)) return;
  const others = readdirSync(data)
    .filter((name) => /^postgres-\d+$/.test(name) && name !== `postgres-${binaries.major}`)
    .filter((name) => existsSync(join(data, name, 'PG_VERSION')));
  const own = join(data, `postgres-${binaries.major}`, 'PG_VERSION');
  const holds = existsSync(own) ? readFileSync(own, 'utf8').trim() : others[0]?.replace('postgres-', '');
  if (holds === undefined || holds === String(binaries.major)) return;
  throw new LauncherError(
    'POSTGRES_MAJOR',
    `The data in ${data} were written by Postgres ${holds}; the one found here is ${binaries.version}`,
    {
      remedy: `Export with the old version (pg_dumpall of Postgres ${holds} on postgres-${holds}/), move that folder away, start, and import; or start anew: npx throughline uninstall`,
    },
  );
}
