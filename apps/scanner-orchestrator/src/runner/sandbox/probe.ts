import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

/** What the probe is told to try; all of it must fail in a box. */
export interface ProbeTask {
  /** A file of the host that is not named in the request. */
  readonly secretFile: string;
  /** A port of the host that takes connections and datagrams. */
  readonly port: number;
  /** A listening socket of the host. */
  readonly socket: string;
  /** A folder that is visible, and must be read only. */
  readonly readOnly: string;
}

const patienceMs = 2000;

/** Runs in the box; prints the list of what it could do and should not. */
async function attempt(task: ProbeTask): Promise<readonly string[]> {
  const escapes: string[] = [];
  const mustFail = (what: string, work: () => unknown): void => {
    try {
      work();
      escapes.push(what);
    } catch {
      // It failed, as it must.
    }
  };
  mustFail('read a file of the host', () => readFileSync(task.secretFile));
  mustFail('see processes', () => {
    if (!readdirSync('/proc').some((name) => /^\d+$/.test(name))) throw new Error('none');
  });
  mustFail('write to what it may only read', () => writeFileSync(`${task.readOnly}/.probe`, ''));
  mustFail('write to the system', () => writeFileSync('/usr/.probe', ''));
  mustFail('give a file away', () => {
    writeFileSync('/tmp/mine', '');
    chownSync('/tmp/mine', 12_345, 12_345);
  });
  if (await connects({ host: '127.0.0.1', port: task.port })) escapes.push('connect to a port of the host');
  if (await connects({ path: task.socket })) escapes.push('connect to a socket of the host');
  // Whether it arrives is seen at the other end.
  await send(task.port);
  return escapes;
}

function connects(to: { host: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, timeout: patienceMs });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

function send(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve());
    socket.send('probe', port, '127.0.0.1', () => {
      socket.close();
      resolve();
    });
  });
}

const escapes = await attempt(JSON.parse(process.argv[2] ?? '') as ProbeTask);
// It holds on to the output of the box: when it outlives the box, the output does not end.
spawn('sleep', ['60'], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] }).unref();
process.stdout.write(`${JSON.stringify(escapes)}\n`, () => process.exit(0));
