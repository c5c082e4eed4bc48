import { EventEmitter, once } from 'node:events';
import { SERVICES } from '../services.mjs';
import { HostProcess } from './host-process.mjs';

/** In production accounts and keys per service are to be a boundary, so each service has a process, and as root a user, of its own. */
export const runApart = () => process.env.NODE_ENV === 'production' && process.env.THROUGHLINE_ONE_PROCESS !== 'yes';

/** The processes in which the services run. Emits `exit` with an error when one ends without being asked to, and `backend` as they do. */
export class Services extends EventEmitter {
  /** @param {{ home: string, data: string, code: string, apart: boolean }} given */
  constructor({ apart, ...given }) {
    super();
    this.given = given;
    this.apart = apart;
    /** @type {HostProcess[]} */
    this.hosts = [];
  }

  /** @param {(service: { name: string, url: string, ms: number }) => void} onStarted @returns {Promise<void>} when all of them answer */
  async ready(onStarted) {
    if (!this.apart) return this.start(undefined, onStarted);
    await Promise.all(SERVICES.filter((name) => name !== 'gateway').map((name) => this.start(name, onStarted)));
    await this.start('gateway', onStarted);
  }

  async start(only, onStarted) {
    const host = new HostProcess({ ...this.given, only });
    this.hosts.push(host);
    once(host, 'exit').then(([how]) => this.emit('exit', host.error(`${only ?? 'The services'} ended without being asked to (${how})`)));
    host.on('backend', (pid) => this.emit('backend', pid));
    await host.ready(onStarted);
  }

  /** The public door first. */
  async stop() {
    for (const host of this.hosts.filter(({ only }) => only === 'gateway')) await host.stop();
    await Promise.all(this.hosts.map((host) => host.stop()));
  }
}
