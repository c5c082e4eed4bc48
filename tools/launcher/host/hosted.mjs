import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { projectRoot } from '../paths.mjs';
import { environmentFile } from '../provision/environment.mjs';

/** @typedef {{ name: string, url: string, close(): Promise<void> }} RunningService */

/** Services that run in this thread, each with the variables of its own file. */
export class Hosted {
  /** @param {string} data the data folder */
  constructor(data) {
    this.data = data;
    /** @type {Map<string, RunningService>} */
    this.running = new Map();
  }

  /** @param {string} name @returns {Promise<{ name: string, url: string, ms: number }>} when it answers */
  async start(name) {
    const since = Date.now();
    // Before anything else has imported node:http.
    await (this.telemetry ??= load('libs/telemetry/dist/preload.js'));
    const { runService } = await load('libs/service/dist/index.js');
    const { default: service } = await load(`apps/${name}/dist/service.js`);
    const started = await runService(service, parseEnv(readFileSync(environmentFile(this.data, name), 'utf8')));
    this.running.set(name, started);
    return { name, url: started.url, ms: Date.now() - since };
  }

  /** Ends these of them that run. @param {readonly string[]} names */
  async stop(names) {
    const ending = names.flatMap((name) => this.running.get(name) ?? []);
    for (const { name } of ending) this.running.delete(name);
    await Promise.allSettled(ending.map((service) => service.close()));
  }

  /** Sends the last spans. */
  async flush() {
    if (!this.telemetry) return;
    const { flushTelemetry } = await load('libs/telemetry/dist/index.js');
    await flushTelemetry();
  }
}

/** @param {string} path @returns {Promise<any>} */
const load = (path) => import(pathToFileURL(join(projectRoot, path)).href);
