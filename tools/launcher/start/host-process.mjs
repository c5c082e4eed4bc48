import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from '../errors.mjs';
import { serviceUser } from '../infra/users.mjs';

/**
 * What Node is told where services run, also in the image (`deploy/Dockerfile`) and in tests. By default the young generation grows to
 * three times 64 MiB, and to collect it stops a service for up to 35 ms; with 16 MiB it is some 10 ms, and less memory.
 * @type {string[]}
 */
const serviceFlags = JSON.parse(readFileSync(new URL('../node-flags.json', import.meta.url), 'utf8'));

/** The process in which the services run. Emits `exit` when it ends without being asked to, `backend` with the id of a process of Postgres that serves the flow. */
export class HostProcess extends EventEmitter {
  /** @param {{ home: string, data: string, code: string, only?: string }} given `only`: one service instead of all */
  constructor({ home, data, code, only }) {
    super();
    this.only = only;
    this.logFile = join(home, 'logs', only ? `host-${only}.log` : 'host.log');
    const log = openSync(this.logFile, 'a', 0o600);
    this.child = fork(join(code, 'tools/launcher/host.mjs'), ['--data', data, ...(only ? ['--only', only] : [])], {
      ...serviceUser(only),
      cwd: code,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: hostEnvironment(home, data),
      // The Kafka client computes timers in the past; Node warns of each.
      execArgv: ['--disable-warning=TimeoutNegativeWarning', ...serviceFlags],
    });
    closeSync(log);
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.on('message', (/** @type {any} */ message) => {
      if (message.type === 'backend' && Number.isSafeInteger(message.pid)) this.emit('backend', message.pid);
    });
    this.child.once('exit', (code, signal) => {
      if (!this.stopping) this.emit('exit', code ?? signal);
    });
  }

  /** @param {(service: { name: string, url: string, ms: number }) => void} onStarted @returns {Promise<void>} when all services answer */
  ready(onStarted) {
    return new Promise((resolve, reject) => {
      this.child.on('message', (/** @type {any} */ message) => {
        if (message.type === 'started') onStarted(message);
        if (message.type === 'all') resolve();
        if (message.type === 'failed') reject(this.error(`${message.name} did not start: ${message.message}`));
      });
      this.child.once('exit', (code, signal) => reject(this.error(`The services ended (${code ?? signal}) before they were ready`)));
    });
  }

  error(message) {
    return new LauncherError('SERVICES', message, { remedy: `More is in ${this.logFile} and the log of that service beside it.` });
  }

  async stop(within = 22_000) {
    this.stopping = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), within);
    await this.exited;
    clearTimeout(timer);
  }
}

/** The services get their variables from their own files; the process needs only what programs and telemetry look for. */
function hostEnvironment(home, data) {
  const passed = [
    'PATH',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'NODE_ENV',
    'THROUGHLINE_ONE_PROCESS',
  ];
  const telemetry = Object.keys(process.env).filter((name) => name.startsWith('OTEL_'));
  return {
    ...Object.fromEntries(
      [...passed, ...telemetry].filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]),
    ),
    HOME: data,
    THROUGHLINE_HOME: home,
    // Without these the SDK waits for addresses where nobody listens when it ends.
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
}
