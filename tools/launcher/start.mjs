/** `npm start`: the whole platform on this machine, from nothing, until Ctrl-C. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { firstTokenState } from './first-token.mjs';
import { startInfrastructure } from './infra/index.mjs';
import { refuseForeign } from './instance.mjs';
import { codeFolder } from './code.mjs';
import { refuseRunning } from './lock.mjs';
import { homeFolder, makeFolders, projectRoot } from './paths.mjs';
import { provision } from './provision.mjs';
import { showDemo } from './start/demo.mjs';
import { installScanners } from './start/scanners.mjs';
import { Services, runApart } from './start/services.mjs';
import { stopSignal } from './start/signals.mjs';
import { printSummary } from './start/summary.mjs';
import { bold, explain, progress, say, step, took } from './terminal.mjs';
import { eventually } from './wait.mjs';

/** @param {string[]} argv @returns {Promise<number>} exit code */
export async function run(argv) {
  const { values } = parseArgs({
    args: argv,
    allowNegative: true,
    options: { port: { type: 'string' }, home: { type: 'string' }, demo: { type: 'boolean', default: true } },
  });
  const home = homeFolder(values.home);
  const port = values.port ?? process.env.PORT;
  if (port && !/^\d{1,5}$/.test(port)) return explain({ message: `Not a port: ${port}`, remedy: 'npm start -- --help', exitCode: 2 });
  const signal = stopSignal(() => process.exit(130));
  const instance = new Run(home, { port: port ? Number(port) : undefined, demo: values.demo }, signal);
  try {
    await instance.up();
    await instance.untilStopped();
    return 0;
  } catch (error) {
    return signal.aborted ? 0 : explain(error);
  } finally {
    await instance.down();
  }
}

class Run {
  constructor(home, options, signal) {
    this.home = home;
    this.options = options;
    this.signal = signal;
  }

  async up() {
    refuseForeign(this.home);
    refuseRunning(this.home);
    const data = makeFolders(this.home);
    say(`${bold('Throughline')} in ${this.home}`);
    this.place = { home: this.home, data, code: codeFolder(data) };
    const scanners = installScanners(this.place, this.signal);
    // Awaited below; until then a failure must not count as unhandled.
    scanners.catch(() => {});
    this.starting = startInfrastructure({ home: this.home, log: progress, signal: this.signal });
    this.infra = await step(
      'Postgres and Kafka',
      () => this.unlessStopped(this.starting),
      (infra) => infra.kind,
    );
    this.infra.keepUp();
    const apart = runApart();
    const topics = JSON.parse(readFileSync(join(projectRoot, 'deploy', 'topics.json'), 'utf8'));
    this.provisioned = await step('Accounts, schemas, topics and keys', () =>
      provision({
        infra: this.infra,
        home: this.home,
        topics,
        code: this.place.code,
        apart,
        port: this.options.port,
        demo: this.options.demo,
      }),
    );
    await this.unlessStopped(scanners);
    await this.startServices(apart);
    if (this.options.demo) await this.unlessStopped(showDemo({ ...this.place, ...this.provisioned }, this.signal));
    printSummary(this, await firstTokenState(this.home));
  }

  async startServices(apart) {
    const since = Date.now();
    progress('Services ...');
    this.services = new Services({ ...this.place, apart });
    this.services.on('backend', (pid) => this.infra.giveWay(pid));
    await this.unlessStopped(this.services.ready(({ name, url, ms }) => progress(`  ${name} on ${url} (${(ms / 1000).toFixed(1)} s)`)));
    await this.unlessStopped(
      eventually(async () => (await fetch(`${this.provisioned.gatewayUrl}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok, {
        within: 120_000,
        every: 200,
        what: `${this.provisioned.gatewayUrl}/readyz to say that all is ready`,
      }),
    );
    progress(`Services: ready (${took(since)})`);
  }

  /** What is under way goes on until `down`; only the waiting ends. */
  unlessStopped(work) {
    work.catch(() => {});
    const stopped = new Promise((_, reject) => this.signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true }));
    stopped.catch(() => {});
    if (this.signal.aborted) return stopped;
    return Promise.race([work, stopped]);
  }

  untilStopped() {
    return new Promise((resolve, reject) => {
      this.services.once('exit', reject);
      if (this.signal.aborted) resolve(undefined);
      this.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  }

  async down() {
    const since = Date.now();
    if (this.signal.aborted) progress('Stopping ...');
    await this.services?.stop();
    const infra = await this.starting?.catch(() => undefined);
    await infra?.stop();
    if (this.starting) progress(`Stopped (${took(since)})`);
  }
}
