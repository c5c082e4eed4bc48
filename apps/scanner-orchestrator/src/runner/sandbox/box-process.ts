import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { childrenOf, treeMemory } from './process-tree.ts';
import type { BoxRequest, Sandbox } from './sandbox.ts';

/** How a box came to its end. */
export type Ending = { readonly how: 'exited'; readonly code: number } | { readonly how: 'killed'; readonly why: string };

const watchMs = 250;

/** After this the outer process is ended too, and the kernel ends the box by itself. */
const graceMs = 3_000;

/** What every process in a box sees; nothing of the platform's own environment. */
const environment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/tmp', TMPDIR: '/tmp', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };

/** A running process tree with its bounds. Ending it ends all of it. */
export class BoxProcess {
  readonly ended: Promise<Ending>;
  /** Its ending, once it has ended. */
  settled: Ending | undefined;
  /** Why it was killed, when it was. */
  why: string | undefined;
  private written = 0;
  private readonly timers: NodeJS.Timeout[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly limits: BoxRequest['limits'],
    private readonly boxed: boolean,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.finish(resolve, { how: 'killed', why: `it could not be started: ${error.message}` }));
      child.once('close', (code, signal) => {
        if (this.why !== undefined) this.finish(resolve, { how: 'killed', why: this.why });
        else if (code === null) this.finish(resolve, { how: 'killed', why: `it was ended by ${signal ?? 'an unknown signal'}` });
        else this.finish(resolve, { how: 'exited', code });
      });
    });
    this.watch();
  }

  /** Starts it; when the signal aborts, the tree is ended. */
  static start(sandbox: Sandbox, request: BoxRequest, signal?: AbortSignal): BoxProcess {
    const [program, ...args] = sandbox.wrap(request).argv;
    const env = { ...environment, ...request.env };
    const child = spawn(program!, args, { env, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] });
    // A process that ends without reading its input is no failure of ours.
    child.stdin.on('error', () => undefined);
    const box = new BoxProcess(child, request.limits, sandbox.level !== 'none');
    const abort = (): void => box.kill('it was called off');
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    void box.ended.then(() => signal?.removeEventListener('abort', abort));
    return box;
  }

  get input(): Writable {
    return this.child.stdin!;
  }

  /** Standard output, cut where it becomes more than allowed. */
  async *output(): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of this.child.stdout as Readable as AsyncIterable<Buffer>) {
        this.written += chunk.byteLength;
        if (this.written > this.limits.outputBytes) this.kill(`it wrote more than ${mebibytes(this.limits.outputBytes)}`);
        if (this.why !== undefined) return;
        yield chunk;
      }
    } catch (error) {
      // The stream of a killed process breaks off; why it was killed is told by its ending.
      if (this.why === undefined) throw error;
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The first reason stays. */
  kill(why: string): void {
    if (this.why !== undefined || this.settled) return;
    this.why = why;
    this.child.stdout?.destroy();
    this.timers.push(setTimeout(() => this.child.kill('SIGKILL'), graceMs));
    void this.endFirstInside();
  }

  /**
   * The first process of a box ends last: the kernel ends all others with it. Its parent, which waits outside, is left alone,
   * so that the end of the box is the end of everything in it.
   */
  private async endFirstInside(): Promise<void> {
    const inside = this.child.pid === undefined ? [] : await childrenOf(this.child.pid);
    if (inside.length === 0 || !this.boxed) this.child.kill('SIGKILL');
    for (const pid of inside) endProcess(pid);
  }

  private watch(): void {
    const { wallMs, memoryBytes } = this.limits;
    this.timers.push(setTimeout(() => this.kill(`it took longer than ${Math.round(wallMs / 1000)} s`), wallMs));
    const look = async (): Promise<void> => {
      if (this.child.pid !== undefined && (await treeMemory(this.child.pid)) > memoryBytes) {
        this.kill(`it used more than ${mebibytes(memoryBytes)} of memory`);
      }
    };
    // A process that is gone between two looks has no memory to count.
    this.timers.push(setInterval(() => void look().catch(() => undefined), watchMs));
  }

  private finish(resolve: (ending: Ending) => void, ending: Ending): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.settled = ending;
    resolve(ending);
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
