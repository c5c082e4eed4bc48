import { spawn } from 'node:child_process';

export interface Finished {
  /** Exit code; 127 when the program is not there, -1 when it was ended from outside. */
  readonly code: number;
  /** The last 64 KiB of both output streams. */
  readonly output: string;
}

const keptOutput = 64 * 1024;

/** Runs a program of the machine with the environment of this process, never through a shell. */
export function run(argv: readonly string[], o: { timeoutMs: number; cwd?: string }): Promise<Finished> {
  return new Promise((resolve) => {
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-keptOutput);
    };
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: o.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: o.timeoutMs,
      killSignal: 'SIGKILL',
    });
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}
