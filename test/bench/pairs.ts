import type { Row, Sample } from './bench.ts';

export interface Contest {
  /** The case, e.g. `16 connections`. */
  readonly of: string;
  readonly ours: () => Promise<Sample> | Sample;
  readonly peer?: () => Promise<Sample> | Sample;
}

/** Runs both sides in turn, the first of a round being the last of the one before: what disturbs a round disturbs both. */
export async function inPairs(rounds: number, { of, ours, peer }: Contest): Promise<Row[]> {
  const samples: { ours: Sample[]; peer: Sample[] } = { ours: [], peer: [] };
  for (let round = 0; round < rounds; round += 1) {
    const turn = [async () => samples.ours.push(await ours()), async () => peer && samples.peer.push(await peer())];
    for (const side of round % 2 === 0 ? turn : turn.reverse()) await side();
  }
  return Object.keys(samples.ours[0] ?? {}).map((metric) => rowOf(of, metric, samples));
}

function rowOf(of: string, metric: string, samples: { ours: readonly Sample[]; peer: readonly Sample[] }): Row {
  const ours = samples.ours.map((sample) => sample[metric]!);
  const peer = samples.peer.flatMap((sample) => sample[metric] ?? []);
  const row = { of, metric, ours: median(ours), rounds: { ours } };
  if (peer.length < ours.length) return row;
  return { ...row, peer: median(peer), ratio: median(ours.map((own, round) => own / peer[round]!)), rounds: { ours, peer } };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which so many of the values lie; with few values the nearest one. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Median, 95th and 99th percentile of times in milliseconds. */
export function timesOf(ms: readonly number[]): Sample {
  return { 'p50 ms': quantile(ms, 0.5), 'p95 ms': quantile(ms, 0.95), 'p99 ms': quantile(ms, 0.99) };
}

/** Wall and processor time of a piece of work in this process, in milliseconds. */
export async function clocked<T>(work: () => Promise<T> | T): Promise<{ readonly ms: number; readonly cpuMs: number; readonly result: T }> {
  const [before, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: Number(process.hrtime.bigint() - before) / 1e6, cpuMs: (user + system) / 1000, result };
}
