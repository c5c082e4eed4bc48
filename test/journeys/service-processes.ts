import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serviceNames, type ServiceName } from '@throughline/contracts';
import { eventually, infra, SignedCaller, type Infra } from '@throughline/testing';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const preload = pathToFileURL(join(root, 'libs/telemetry/dist/preload.js')).href;
/** As in production. */
export const serviceFlags = JSON.parse(readFileSync(join(root, 'tools/launcher/node-flags.json'), 'utf8')) as readonly string[];
/** All at once on a machine that has other things to do. */
const startMs = 300_000;

export interface StartOptions {
  /** Variables added to every service's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder with installed scanners; without it only our own scans run. */
  readonly toolsDir?: string;
  /** Those that run; all when absent. */
  readonly services?: readonly ServiceName[];
  /** `host:port` by which a service reaches Postgres instead: a way that can be disturbed. */
  readonly databaseHost?: (service: ServiceName) => string;
  /** Variables of one service, beside what all are told. */
  readonly own?: (service: ServiceName) => Readonly<Record<string, string>>;
}

/** The platform as it runs in production: each service a process of its own, on the infrastructure of the tests. */
export class ServiceProcesses {
  private readonly children = new Map<ServiceName, ChildProcess>();

  private constructor(
    readonly infra: Infra,
    readonly home: string,
    readonly services: readonly ServiceName[],
    private readonly environments: ReadonlyMap<ServiceName, Readonly<Record<string, string>>>,
  ) {}

  /** Fresh schemas and topics, all services started and ready. */
  static async start(options: StartOptions = {}): Promise<ServiceProcesses> {
    const held = await infra();
    const platform = await held.fresh(serviceNames);
    const home = mkdtempSync(join(tmpdir(), 'throughline-journey-'));
    const roots = join(home, 'repositories');
    mkdirSync(roots);
    mkdirSync(join(home, 'run'));
    const environments = new Map<ServiceName, Readonly<Record<string, string>>>(
      serviceNames.map((name) => {
        const given = platform.environment(name);
        const url = new URL(given[`${name.replaceAll('-', '_').toUpperCase()}_URL`]!);
        const own = {
          PORT: url.port,
          LOG_FILE: join(home, `${name}.log`),
          ...databaseAt(given, options.databaseHost?.(name)),
          ...options.environment,
          ...options.own?.(name),
        };
        const files: Record<string, string> = 'FILE_URL_ROOTS' in given ? { FILE_URL_ROOTS: roots } : {};
        const tools: Record<string, string> = options.toolsDir && 'TOOLS_DIR' in given ? { TOOLS_DIR: options.toolsDir } : {};
        return [name, { ...given, ...own, ...files, ...tools }] as const;
      }),
    );
    const processes = new ServiceProcesses(held, home, options.services ?? serviceNames, environments);
    try {
      await processes.startAll();
      return processes;
    } catch (error) {
      await processes.stop('SIGKILL');
      throw error;
    }
  }

  private async startAll(): Promise<void> {
    const inner = this.services.filter((name) => name !== 'gateway');
    for (const name of inner) this.spawn(name);
    await Promise.all(inner.map((name) => this.ready(name, startMs)));
    if (!this.services.includes('gateway')) return;
    this.spawn('gateway');
    await this.ready('gateway', startMs);
  }

  pids(): readonly number[] {
    return [...this.children.values()].flatMap(({ pid }) => pid ?? []);
  }

  /** Folder from which repositories may be read by `file://`. */
  get repositories(): string {
    return join(this.home, 'repositories');
  }

  /** The administrator's token. */
  get token(): string {
    return readFileSync(join(this.environments.get('gateway')!['THROUGHLINE_HOME']!, 'admin-token'), 'utf8').trim();
  }

  /** Before the names of all topics and groups. */
  get prefix(): string {
    return this.variable('ingest', 'TOPIC_PREFIX');
  }

  variable(service: ServiceName, name: string): string {
    return this.environments.get(service)![name]!;
  }

  url(service: ServiceName): string {
    return this.variable(service, `${service.replaceAll('-', '_').toUpperCase()}_URL`);
  }

  /** Calls a service as the gateway does, also where no gateway runs. */
  caller(name: ServiceName): SignedCaller {
    return new SignedCaller({ name, url: this.url(name) }, this);
  }

  /** What a service was told. */
  environment(name: ServiceName): Record<string, string> {
    return { ...this.environments.get(name)! };
  }

  spawn(name: ServiceName): void {
    const log = openSync(join(this.home, `${name}.out`), 'a');
    const child = spawn(process.execPath, [...serviceFlags, '--import', preload, join(root, 'apps', name, 'dist', 'main.js')], {
      cwd: root,
      env: { PATH: process.env['PATH'], ...this.environments.get(name) },
      stdio: ['ignore', log, log],
    });
    this.children.set(name, child);
  }

  /** Waits until the service says that it is ready; fails with its last words when it has ended. */
  async ready(name: ServiceName, withinMs = 240_000): Promise<void> {
    await eventually(async () => {
      const child = this.children.get(name)!;
      const ended = child.exitCode ?? child.signalCode;
      if (ended !== null) throw new Error(`${name} ended (${ended}):\n${this.lastWords(name)}`);
      const response = await fetch(`${this.url(name)}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (!response.ok) throw new Error(`${name} is not ready: ${(await response.text()).slice(0, 500)}`);
    }, withinMs);
  }

  /** Stops a process without its knowledge (SIGSTOP) and lets it go on (SIGCONT). */
  signal(name: ServiceName, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.children.get(name)!.kill(signal);
  }

  /** SIGKILL: no handler ends, no buffer is flushed. */
  async kill(name: ServiceName, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.children.get(name)!;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await gone;
  }

  async restart(name: ServiceName, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.kill(name, signal);
    this.spawn(name);
    await this.ready(name);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await Promise.all([...this.children.keys()].map((name) => this.kill(name, signal)));
    rmSync(this.home, { recursive: true, force: true });
  }

  private lastWords(name: ServiceName): string {
    return readFileSync(join(this.home, `${name}.out`), 'utf8').slice(-2_000);
  }
}

/** The addresses of the database by another way. */
function databaseAt(given: Readonly<Record<string, string>>, host: string | undefined): Record<string, string> {
  if (host === undefined) return {};
  return Object.fromEntries(
    ['DATABASE_URL', 'MIGRATION_DATABASE_URL'].flatMap((name) => {
      const url = URL.parse(given[name] ?? '');
      if (!url) return [];
      url.host = host;
      return [[name, url.href]];
    }),
  );
}

/** Writes a file below a folder, making the folders above it. */
export function put(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(resolve(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
