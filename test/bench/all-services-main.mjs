// All services in this process; told their environments by the parent, and ended by it.
import { runService } from '@throughline/service';

/** @type {{ close(): Promise<void> }[]} */
let running = [];

async function start(environments) {
  const services = await Promise.all(
    Object.entries(environments).map(async ([name, environment]) => {
      const { default: definition } = await import(new URL(`../../apps/${name}/dist/service.js`, import.meta.url).href);
      return runService(definition, environment);
    }),
  );
  running = services;
  process.send?.('ready');
}

async function stop() {
  await Promise.allSettled(running.map((service) => service.close()));
  process.exit(0);
}

process.on('message', (message) => void (message === 'stop' ? stop() : start(message)));
process.on('disconnect', () => void stop());
