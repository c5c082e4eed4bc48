/**
 * Stands between the launcher and a server where the kernel cannot tie their lives together: starts the server that it is
 * told by message, and ends it when its standard input, the launcher's end of a pipe, closes.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { behind } from './niceness.mjs';

const GRACE = 20_000;

process.once('message', ({ command, args, stopSignal, user, niceness = 0 }) => {
  if (niceness > 0) setPriority(behind(niceness));
  const child = spawn(command, args, { ...user, stdio: ['ignore', 'inherit', 'inherit'] });
  child.once('error', (error) => {
    process.send?.({ error: error.message });
    process.exitCode = 1;
    process.stdin.destroy();
  });
  child.once('spawn', () => process.send?.({ pid: child.pid }));
  child.once('exit', (code) => process.exit(code ?? 1));
  process.stdin.resume();
  process.stdin.once('end', () => {
    child.kill(stopSignal);
    setTimeout(() => child.kill('SIGKILL'), GRACE).unref();
  });
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
