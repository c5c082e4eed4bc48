import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '@throughline/testing';
import { freePort } from '../free-port.ts';

/** How a connection is disturbed, in Toxiproxy's own words. */
export interface Toxic {
  readonly type: 'latency' | 'bandwidth' | 'slicer' | 'reset_peer' | 'limit_data';
  readonly attributes: Readonly<Record<string, number>>;
}

/** A real Toxiproxy: servers are reached through it, and it disturbs the way as it is told. */
export class Toxiproxy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  /** @param built folder with the program */
  static async start(built: string): Promise<Toxiproxy> {
    const port = await freePort();
    const child = spawn(join(built, 'toxiproxy-server'), ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
    const proxy = new Toxiproxy(child, `http://127.0.0.1:${port}`);
    await eventually(() => proxy.call('GET', 'version'), 60_000);
    return proxy;
  }

  /** Answers `host:port` of a way to the server at `upstream`. */
  async open(name: string, upstream: string): Promise<string> {
    const listen = `127.0.0.1:${await freePort()}`;
    await this.call('POST', 'proxies', { name, listen, upstream, enabled: true });
    return listen;
  }

  /** Cuts all connections and takes no new ones, or lets them through again. */
  enable(name: string, enabled: boolean): Promise<void> {
    return this.call('POST', `proxies/${name}`, { enabled });
  }

  /** Disturbs both directions from now on. */
  async disturb(name: string, { type, attributes }: Toxic): Promise<void> {
    for (const stream of ['upstream', 'downstream']) await this.call('POST', `proxies/${name}/toxics`, { type, attributes, stream });
  }

  /** All ways are open and undisturbed. */
  heal(): Promise<void> {
    return this.call('POST', 'reset');
  }

  async stop(): Promise<void> {
    const gone = new Promise((ended) => this.child.once('exit', ended));
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await gone;
  }

  private async call(method: string, path: string, body?: object): Promise<void> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(10_000),
    });
    const said = await response.text();
    if (!response.ok) throw new Error(`Toxiproxy answered ${method} ${path} with ${response.status}: ${said}`);
  }
}
