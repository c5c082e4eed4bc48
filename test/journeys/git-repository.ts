import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { put } from './service-processes.ts';

const environment = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Developer',
  GIT_AUTHOR_EMAIL: 'developer@shop.example',
  GIT_COMMITTER_NAME: 'Developer',
  GIT_COMMITTER_EMAIL: 'developer@shop.example',
};

/** A real repository with a work tree; `name` is `owner/name`, and it can be cloned by `file://<root>/<name>.git`. */
export class GitRepository {
  private readonly tree: string;
  private readonly bare: string;

  constructor(
    root: string,
    readonly name: string,
  ) {
    this.bare = join(root, `${name}.git`);
    this.tree = join(root, `${name}.tree`);
    mkdirSync(this.bare, { recursive: true });
    mkdirSync(this.tree, { recursive: true });
    this.git('init', '--quiet', '--bare', '--initial-branch=main', this.bare);
  }

  /** Writes files, commits all of them and answers the commit's id. */
  commit(message: string, files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) put(this.tree, path, text);
    const at = [`--git-dir=${this.bare}`, `--work-tree=${this.tree}`];
    this.git(...at, 'add', '--all', '--force');
    this.git(...at, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
    return this.git(...at, 'rev-parse', 'HEAD');
  }

  /** The commit that was made last. */
  head(): string {
    return this.git(`--git-dir=${this.bare}`, 'rev-parse', 'HEAD');
  }

  /** Sends the last commit to a branch of a server. */
  push(url: string, branch: string): void {
    this.git(`--git-dir=${this.bare}`, 'push', '--quiet', url, `HEAD:refs/heads/${branch}`);
  }

  private git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.tree, env: environment, encoding: 'utf8' }).trim();
  }
}
