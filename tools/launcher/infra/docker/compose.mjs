import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LauncherError } from '../../errors.mjs';
import { writePrivate } from '../../files.mjs';

const run = promisify(execFile);

/** One container with its folder below `<home>/docker`, driven through `docker compose`. */
export class Container {
  /**
   * @param {string} home @param {string} name of the service
   * @param {object} definition of the service as compose knows it; JSON is YAML too
   */
  constructor(home, name, definition) {
    this.name = name;
    this.folder = join(home, 'docker', name);
    this.definition = definition;
    this.project = `throughline-${createHash('sha256').update(home).digest('hex').slice(0, 8)}-${name}`;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Files inside belong to whoever started us, so the container runs as that user too. */
  async up() {
    const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
    writePrivate(
      join(this.folder, 'compose.json'),
      JSON.stringify({ services: { [this.name]: { user, restart: 'no', ...this.definition } } }, null, 2),
    );
    await this.compose(['up', '--detach', '--quiet-pull'], 900_000);
  }

  stop = () => this.compose(['stop', '--timeout', '15']);
  kill = () => this.compose(['kill', '--signal', 'SIGKILL']);
  restart = () => this.compose(['restart', '--timeout', '15']);
  /** Removes the container; its files stay. */
  down = () => this.compose(['down', '--volumes', '--remove-orphans']);

  /** @param {string[]} command */
  exec(command) {
    return this.compose(['exec', '--no-TTY', this.name, ...command]);
  }

  async compose(args, timeout = 120_000) {
    try {
      await run('docker', ['compose', '--project-name', this.project, '--file', join(this.folder, 'compose.json'), ...args], {
        timeout,
        maxBuffer: 16 * 1024 * 1024,
      });
    } catch (cause) {
      throw new LauncherError(
        'DOCKER',
        `docker compose ${args[0]} of ${this.name} failed: ${String(cause.stderr || cause.message)
          .trim()
          .slice(-1_000)}`,
        { cause },
      );
    }
  }
}
