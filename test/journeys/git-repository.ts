import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
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

  /** A branch of its own with one commit on top of the main branch, which stays where it is; answers the commit's id. */
  branch(name: string, message: string, path: string, text: string): string {
    const at = [`--git-dir=${this.bare}`];
    const blob = execFileSync('git', [...at, 'hash-object', '-w', '--stdin'], { env: environment, input: text, encoding: 'utf8' }).trim();
    const index = { ...environment, GIT_INDEX_FILE: `${this.bare}/index-${name}` };
    const inIndex = (...args: readonly string[]): string => execFileSync('git', [...at, ...args], { env: index, encoding: 'utf8' }).trim();
    inIndex('read-tree', 'main');
    inIndex('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
    const commit = this.git(...at, 'commit-tree', '-p', 'main', '-m', message, inIndex('write-tree'));
    this.git(...at, 'update-ref', `refs/heads/${name}`, commit);
    rmSync(index.GIT_INDEX_FILE, { force: true });
    return commit;
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
