import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** Where and on what a run was measured: numbers without it mean nothing. */
export interface Machine {
  readonly commit: string;
  readonly node: string;
  readonly cores: number;
  readonly model: string;
  readonly memoryGiB: number;
  /** Of the last minute, when the run began. */
  readonly load: number;
}

export function machine(): Machine {
  const [first] = cpus();
  return {
    commit: commit(),
    node: process.version,
    cores: cpus().length,
    model: first?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Number(loadavg()[0]!.toFixed(2)),
  };
}

function commit(): string {
  const git = (...args: readonly string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes');
}
