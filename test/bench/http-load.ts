import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool, type Dispatcher } from 'undici';

/** A request that is ready to be sent. */
export interface Prepared {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Load {
  readonly latencies: readonly number[];
  readonly seconds: number;
}

/** Sends POSTs over so many connections, each as soon as its last was answered; anything but `expected` throws. */
export async function load(origin: string, connections: number, requests: readonly Prepared[], expected: number): Promise<Load> {
  const latencies: number[] = [];
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }));
  const queue = requests.values();
  const started = performance.now();
  const each = async (client: Client): Promise<void> => {
    for (const prepared of queue) latencies.push(await answered(client, prepared, expected, performance.now()));
  };
  await Promise.all(clients.map(each));
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(clients.map((client) => client.close()));
  return { latencies, seconds };
}

/** More than are ever open at once at a rate that is kept up with. */
const mostOpen = 512;

/**
 * Sends so many POSTs a second, evenly, whether those before were answered or not. A latency counts from when its request was
 * due, also where it could not be sent then: a server that stands still is not asked less.
 */
export async function offered(origin: string, perSecond: number, requests: readonly Prepared[], expected: number): Promise<Load> {
  const pool = new Pool(origin, { connections: mostOpen, pipelining: 1 });
  const started = performance.now();
  const sent: Promise<number>[] = [];
  for (const [index, prepared] of requests.entries()) {
    const due = started + (index * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    sent.push(answered(pool, prepared, expected, due));
  }
  const latencies = await Promise.all(sent);
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { latencies, seconds };
}

/** Sends one and reads its answer; the milliseconds that this took since it was due. */
async function answered(to: Dispatcher, prepared: Prepared, expected: number, due: number): Promise<number> {
  const answer = await to.request({ method: 'POST', ...prepared });
  const text = await answer.body.text();
  const took = performance.now() - due;
  if (answer.statusCode !== expected) throw new Error(`${prepared.path} was answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  return took;
}

/** What a service measures about itself, each name summed over its labels. */
export async function metricsOf(origin: string): Promise<(name: string) => number> {
  const lines = (await (await fetch(`${origin}/metrics`)).text()).split('\n');
  return (name) => {
    const own = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    if (own.length === 0) throw new Error(`${origin} has no metric ${name}`);
    return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  };
}

/** Processor time that a service has used, in milliseconds. */
export async function cpuMsOf(origin: string): Promise<number> {
  return (await metricsOf(origin))('process_cpu_seconds_total') * 1000;
}
