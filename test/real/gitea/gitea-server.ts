import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@throughline/testing';
import { freePort } from '../free-port.ts';
import type { GiteaDatabase } from './gitea-database.ts';

/** It refuses to run as root; this number has nothing else. */
const unprivileged = process.getuid?.() === 0 ? { uid: 61_990, gid: 61_990 } : {};

/** What Gitea answers to a call of its API. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A real Gitea on a folder of its own, ended and removed with the test. */
export class GiteaServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly home: string,
    readonly url: string,
    private readonly settings: string,
    private readonly database: GiteaDatabase,
  ) {}

  /** @param built folder with the program and what it reads */
  static async start(built: string, database: GiteaDatabase): Promise<GiteaServer> {
    const home = mkdtempSync(join(tmpdir(), 'throughline-gitea-'));
    const url = `http://127.0.0.1:${await freePort()}`;
    const settings = join(home, 'app.ini');
    const server = new GiteaServer(join(built, 'gitea'), home, url, settings, database);
    for (const name of ['options', 'templates']) cpSync(join(built, name), join(home, 'static', name), { recursive: true });
    writeFileSync(settings, configuration({ home, url, database: database.url }), { mode: 0o600 });
    server.own();
    try {
      await server.run();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Makes an administrator and answers a token of theirs. */
  administrator(name: string): string {
    const password = randomBytes(16).toString('hex');
    const who = ['--username', name, '--password', password, '--email', `${name}@shop.example`, '--must-change-password=false'];
    const said = this.command('admin', 'user', 'create', '--admin', ...who, '--access-token', '--access-token-scopes', 'all');
    const token = /\b[0-9a-f]{40}\b/.exec(said)?.[0];
    if (token === undefined) throw new Error('Gitea made no token');
    return token;
  }

  async call(token: string, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : text };
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.home, { recursive: true, force: true });
    await this.database.remove();
  }

  private async run(): Promise<void> {
    let said = '';
    const child = spawn(this.program, ['web', '--config', this.settings], { ...this.place(), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    this.child = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`Gitea ended with ${child.exitCode}: ${said}`);
      expect((await fetch(`${this.url}/api/healthz`, { signal: AbortSignal.timeout(2_000) })).status).toBe(200);
    }, 120_000);
  }

  private command(...args: readonly string[]): string {
    return execFileSync(this.program, ['--config', this.settings, ...args], { ...this.place(), encoding: 'utf8', timeout: 120_000 });
  }

  private place(): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
    return { ...unprivileged, cwd: this.home, env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: this.home, USER: 'gitea' } };
  }

  private own(): void {
    const { uid, gid } = unprivileged as { uid?: number; gid?: number };
    if (uid === undefined || gid === undefined) return;
    for (const path of [this.home, this.settings]) chownSync(path, uid, gid);
  }
}

function configuration({ home, url, database }: { readonly home: string; readonly url: string; readonly database: URL }): string {
  const { port } = new URL(url);
  const secret = (): string => randomBytes(32).toString('base64url');
  const sections = {
    server: {
      HTTP_ADDR: '127.0.0.1',
      HTTP_PORT: port,
      ROOT_URL: `${url}/`,
      STATIC_ROOT_PATH: join(home, 'static'),
      APP_DATA_PATH: join(home, 'data'),
      DISABLE_SSH: 'true',
      OFFLINE_MODE: 'true',
    },
    database: {
      DB_TYPE: 'postgres',
      HOST: database.host,
      NAME: database.pathname.slice(1),
      USER: decodeURIComponent(database.username),
      PASSWD: `\`${decodeURIComponent(database.password)}\``,
      SSL_MODE: 'disable',
    },
    repository: { ROOT: join(home, 'repositories') },
    security: { INSTALL_LOCK: 'true', SECRET_KEY: secret() },
    oauth2: { ENABLED: 'false', JWT_SECRET: secret() },
    webhook: { ALLOWED_HOST_LIST: 'loopback' },
    service: { DISABLE_REGISTRATION: 'true' },
    indexer: { ISSUE_INDEXER_TYPE: 'db' },
    actions: { ENABLED: 'false' },
    packages: { ENABLED: 'false' },
    log: { LEVEL: 'Warn', MODE: 'console' },
  };
  const lines = Object.entries(sections).flatMap(([name, values]) => [
    `[${name}]`,
    ...Object.entries(values).map(([key, value]) => `${key} = ${value}`),
  ]);
  return `RUN_MODE = prod\nRUN_USER = gitea\nWORK_PATH = ${home}\n${lines.join('\n')}\n`;
}
