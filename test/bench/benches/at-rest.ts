import { ServiceProcesses } from '../../journeys/service-processes.ts';
import { AllServices, restOf, usageOf } from '../all-services.ts';
import type { Bench, Sample } from '../bench.ts';
import { inPairs } from '../pairs.ts';

export const atRest: Bench = {
  name: 'at-rest',
  decides: 'whether the platform may run beside other things on a small machine: all services in one process, nothing to do',
  peer: 'the same services, a process each',
  bars: [{ of: 'all services', metric: 'resident MiB', most: 450 }],
  async run({ short, rounds, environment }) {
    const seconds = short ? 10 : 60;
    return inPairs(rounds, { of: 'all services', ours: () => together(environment, seconds), peer: () => apart(environment, seconds) });
  },
};

type Environment = Readonly<Record<string, string>>;

async function together(environment: Environment, seconds: number): Promise<Sample> {
  const platform = await ServiceProcesses.start({ services: [], environment });
  try {
    const all = await AllServices.start(platform, environment);
    try {
      return await restOf(() => [all.usage()], seconds);
    } finally {
      await all.stop();
    }
  } finally {
    await platform.stop();
  }
}

async function apart(environment: Environment, seconds: number): Promise<Sample> {
  const platform = await ServiceProcesses.start({ environment });
  try {
    return await restOf(() => platform.pids().map(usageOf), seconds);
  } finally {
    await platform.stop();
  }
}
