import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { GitFailed } from './git-failed.ts';
import { gitEnvironment, type GitHome, type Origin } from './profile.ts';

export interface GitCall {
  readonly timeoutMs: number;
  /** Only a fetch has one: everything else works without network and credential. */
  readonly origin?: Origin;
  /** A file with git settings for the other side of a fetch on this machine. */
  readonly trust?: string;
  /** Largest file it may write. */
  readonly maxFileBytes?: number;
  readonly signal?: AbortSignal;
}

/** What libcurl says when nobody answers at the address, and when the proxy may not or cannot connect. */
const unreached = [
  'Could not resolve host',
  'Failed to connect',
  "Couldn't connect",
  'CONNECT tunnel failed',
  'Received HTTP code \\d+ from proxy',
  'The requested URL returned error: 50[234]',
];
const noConnection = new RegExp(`^fatal: unable to access '[^']*': (?:${unreached.join('|')})`, 'm');

const keptError = 2000;
const mostOutput = 4 * 1024 * 1024;

/** A git process that is read while it runs. */
export interface GitStream {
  readonly input: Writable;
  readonly output: AsyncIterable<Uint8Array>;
  /** Resolves when it ended well; throws `GitFailed` otherwise. */
  readonly done: Promise<void>;
  stop(): void;
}

/** Runs git on one bare repository, or on none, always with the same careful settings. */
export class Git {
  constructor(
    private readonly dir: string | undefined,
    private readonly home: GitHome,
  ) {}

  /** Standard output as text. Throws `GitFailed` for any other exit than 0. */
  text(args: readonly string[], call: GitCall): Promise<string> {
    const { origin } = call;
    return origin?.outages ? origin.outages.attempt(origin.url, () => this.output(args, call)) : this.output(args, call);
  }

  private async output(args: readonly string[], call: GitCall): Promise<string> {
    const stream = this.stream(args, call);
    stream.input.end();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of stream.output) {
      bytes += chunk.byteLength;
      if (bytes > mostOutput) stream.stop();
      else chunks.push(chunk);
    }
    await stream.done;
    return Buffer.concat(chunks).toString('utf8').trimEnd();
  }

  /** Whether it exits with 0; false for 1; throws `GitFailed` for the rest. */
  async holds(args: readonly string[], call: GitCall): Promise<boolean> {
    try {
      await this.text(args, call);
      return true;
    } catch (error) {
      if (error instanceof GitFailed && error.exit === 1) return false;
      throw error;
    }
  }

  stream(args: readonly string[], call: GitCall): GitStream {
    const verb = args.find((word) => !word.startsWith('-')) ?? 'git';
    const command = ['git', ...(this.dir === undefined ? [] : [`--git-dir=${this.dir}`]), ...args];
    const bounded =
      call.maxFileBytes === undefined || process.platform !== 'linux'
        ? command
        : ['prlimit', `--fsize=${call.maxFileBytes}`, '--core=0', '--', ...command];
    const child = spawn(bounded[0]!, bounded.slice(1), {
      cwd: this.home.empty,
      env: gitEnvironment(this.home, call.origin, call.trust),
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that what git starts (a transport, index-pack) ends with it.
      detached: true,
    });
    child.stdin.on('error', () => undefined);
    return { input: child.stdin, output: outputOf(child), done: this.ending(child, verb, call), stop: () => endGroup(child) };
  }

  private ending(child: ChildProcess, verb: string, { timeoutMs, signal }: GitCall): Promise<void> {
    let stderr = '';
    let why: string | undefined;
    const stop = (reason: string): void => {
      why ??= reason;
      endGroup(child);
    };
    child.stderr!.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-keptError)));
    const timer = setTimeout(() => stop(`took longer than ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
    const abort = (): void => stop('was called off');
    signal?.addEventListener('abort', abort, { once: true });
    const done = new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(new GitFailed(verb, undefined, `could not be started: ${error.message}`)));
      child.once('close', (code, killedBy) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        if (why === undefined && code === 0) resolve();
        else if (why !== undefined) reject(new GitFailed(verb, code ?? undefined, why));
        else
          reject(new GitFailed(verb, code ?? undefined, `ended with ${code ?? killedBy}: ${explained(stderr)}`, noConnection.test(stderr)));
      });
    });
    // Whoever reads the output first learns of the failure there; it must not be unhandled until then.
    done.catch(() => undefined);
    return done;
  }
}

async function* outputOf(child: ChildProcess): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of child.stdout as Readable as AsyncIterable<Buffer>) yield chunk;
  } finally {
    if (child.exitCode === null && child.signalCode === null && child.stdout?.readableEnded !== true) endGroup(child);
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}

/** What git said, without what it repeats of the address. */
function explained(stderr: string): string {
  // The kernel ends the process that writes a pack beyond the limit; git only tells that its output is missing.
  if (/invalid index-pack output|died of signal 25/.test(stderr)) return 'the repository is larger than allowed, or has damaged objects';
  const line = stderr.split('\n').find((text) => /^(?:fatal|error):/.test(text)) ?? stderr.split('\n')[0] ?? '';
  return line.replace(/https?:\/\/\S+/g, '<address>').slice(0, 200);
}
