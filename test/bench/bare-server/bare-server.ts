import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./main.mjs', import.meta.url));

/** What one would write in an afternoon, in a process of its own. */
export class BareServer {
  private constructor(
    readonly url: string,
    readonly secret: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(databaseUrl: string): Promise<BareServer> {
    const secret = randomBytes(16).toString('hex');
    const child = fork(program, { env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, SECRET: secret }, execArgv: [] });
    const [message] = (await once(child, 'message')) as [{ readonly url: string }];
    return new BareServer(message.url, secret, child);
  }

  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, 'exit');
  }
}
