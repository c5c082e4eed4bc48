import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serviceNames } from '@throughline/contracts';
import { serviceFlags, type ServiceProcesses } from '../journeys/service-processes.ts';
import type { Sample } from './bench.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const ticksPerSecond = 100;
const startMs = 300_000;
const stopMs = 30_000;

/** What a process has used so far, and what it takes now. */
interface Usage {
  readonly cpuMs: number;
  readonly residentMiB: number;
}

/** All services in one process, as `npm start` runs them. */
export class AllServices {
  private constructor(private readonly child: ChildProcess) {}

  static async start(platform: ServiceProcesses, environment: Readonly<Record<string, string>>): Promise<AllServices> {
    const preload = pathToFileURL(join(root, 'libs/telemetry/dist/preload.js')).href;
    const child = fork(join(root, 'test/bench/all-services-main.mjs'), [], {
      cwd: root,
      execArgv: [...serviceFlags, '--import', preload],
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const all = new AllServices(child);
    const ready = all.next(startMs);
    child.send(Object.fromEntries(serviceNames.map((name) => [name, platform.environment(name)])));
    await ready;
    return all;
  }

  usage(): Usage {
    return usageOf(this.child.pid!);
  }

  async stop(): Promise<void> {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.send('stop');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopMs);
    await gone;
    clearTimeout(timer);
  }

  private next(withinMs: number): Promise<void> {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error('the services did not start in one process')), withinMs);
      this.child.once('message', () => {
        clearTimeout(timer);
        done();
      });
      this.child.once('exit', (code) => failed(new Error(`the process of all services ended with ${String(code)}`)));
    });
  }
}

/** Linux only, like the sandbox. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  return { cpuMs: ((Number(stat[11]) + Number(stat[12])) * 1000) / ticksPerSecond, residentMiB: Number(resident) / 1024 };
}

const settleMs = 10_000;

/** Usage over some seconds in which nothing is asked of anybody, some time after the start. */
export async function restOf(processes: () => readonly Usage[], seconds: number): Promise<Sample> {
  await sleep(settleMs);
  const sum = (of: (usage: Usage) => number): number => processes().reduce((total, usage) => total + of(usage), 0);
  const before = sum(({ cpuMs }) => cpuMs);
  await sleep(seconds * 1000);
  return { 'resident MiB': sum(({ residentMiB }) => residentMiB), 'CPU ms per second': (sum(({ cpuMs }) => cpuMs) - before) / seconds };
}
