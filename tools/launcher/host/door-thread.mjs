import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The services that callers wait for: the public door, and what takes in deliveries behind it. */
export const DOOR = Object.freeze(['ingest', 'gateway']);

/**
 * Runs them in a thread of their own, so that no work of the flow stands between a caller and its answer. Like `Hosted`; emits
 * `fault` with an error when the thread ends by itself.
 */
export class DoorThread extends EventEmitter {
  /** @param {string} data the data folder */
  constructor(data) {
    super();
    this.orders = 0;
    /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
    this.waiting = new Map();
    this.worker = new Worker(new URL('./door.mjs', import.meta.url), { workerData: { data } });
    this.worker.on('message', ({ id, result, error }) => {
      const order = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) order?.reject(Object.assign(new Error(error.message), error));
      else order?.resolve(result);
    });
    this.worker.once('error', (error) => this.end(error));
    this.worker.once('exit', (code) => this.end(new Error(`the thread of ${DOOR.join(' and ')} ended (${code})`)));
  }

  /** @param {Error} error */
  end(error) {
    if (this.ended) return;
    this.ended = true;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    this.emit('fault', error);
  }

  /** @param {string} name @returns {Promise<{ name: string, url: string, ms: number }>} */
  start(name) {
    return this.ask('start', name);
  }

  /** @param {readonly string[]} names */
  async stop(names) {
    if (!this.ended) await this.ask('stop', names);
  }

  async flush() {
    if (!this.ended) await this.ask('flush');
  }

  /** @param {'start' | 'stop' | 'flush'} order @param {unknown} [value] @returns {Promise<any>} */
  ask(order, value) {
    return new Promise((resolve, reject) => {
      const id = ++this.orders;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, order, value });
    });
  }
}
