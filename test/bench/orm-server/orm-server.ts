import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** NestJS, TypeORM and OpenTelemetry as one usually puts them together, in a process of its own. */
export class OrmServer {
  private constructor(
    readonly url: string,
    readonly secret: string,
    private readonly child: ChildProcess,
  ) {}

  /** The environment as our services have it, with the address of the collector. */
  static async start(databaseUrl: string, environment: Readonly<Record<string, string>>): Promise<OrmServer> {
    const secret = randomBytes(16).toString('hex');
    const child = fork(at('./main.ts'), {
      env: { PATH: process.env['PATH'], ...environment, DATABASE_URL: databaseUrl, SECRET: secret },
      execArgv: ['--import', at('../../typescript.mjs'), '--import', at('./tracing.ts')],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the NestJS server ended with ${String(code)}`);
    });
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ readonly url: string }];
    ended.catch(() => undefined);
    return new OrmServer(message.url, secret, child);
  }

  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, 'exit');
  }
}
