import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Git, type GitCall, type Origin } from '@throughline/git';
import { ownRef } from './own-branch.ts';

/** An edit on a commit. */
export interface WantedCommit {
  readonly base: string;
  /** Unified diff of all files. */
  readonly diff: string;
  /** The files that it may change, and no others. */
  readonly files: readonly string[];
  readonly message: string;
}

/** A branch of ours at the origin and the commit at which we expect it; undefined: it must not be there. */
export interface Expected {
  readonly branch: string;
  readonly head: string | undefined;
}

/** The edit does not go into the repository as it was approved. */
export class EditRefused extends Error {
  readonly code = 'edit_refused';
}

const here = { timeoutMs: 60_000 };
const fetchMs = 5 * 60_000;
const pushMs = 2 * 60_000;
const mostBytes = 2 * 1024 * 1024 * 1024;
/** Nobody's address: the commit is the platform's, by the approval of a person that it names. */
const committer = 'Throughline <fixes@throughline.invalid>';
const base = 'refs/fix/base';

/** A bare repository for one fix, thrown away afterwards. Nothing of it is ever checked out, and no hook runs. */
export class FixRepository {
  private constructor(private readonly git: Git) {}

  static async within<T>(format: 'sha1' | 'sha256', work: (repository: FixRepository) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-fix-'));
    try {
      const [dir, empty] = [join(folder, 'fix.git'), join(folder, 'empty')];
      await mkdir(empty);
      const git = new Git(dir, { empty });
      await new Git(undefined, { empty }).text(['init', '--bare', '--quiet', '--template=', `--object-format=${format}`, dir], here);
      return await work(new FixRepository(git));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Fetches the head of a ref without its history; answers which commit that is. */
  async fetch(origin: Origin, ref: string, signal: AbortSignal): Promise<string> {
    const options = ['--depth=1', '--no-tags', '--no-recurse-submodules', '--quiet', '--no-write-fetch-head', '--force'];
    const call: GitCall = { timeoutMs: fetchMs, maxFileBytes: mostBytes, origin, signal };
    await this.git.text(['fetch', ...options, '--end-of-options', origin.url, `+${ref}:${base}`], call);
    return this.git.text(['rev-parse', '--verify', '--end-of-options', `${base}^{commit}`], here);
  }

  /**
   * Makes the commit out of base and edit alone: the same ones give the same id, whenever and however often. Throws
   * `EditRefused` when the edit does not fit exactly or touches another file.
   */
  async commit({ base: parent, diff, files, message }: WantedCommit): Promise<string> {
    await this.git.text(['read-tree', parent], here);
    await this.fed(['apply', '--cached', '--whitespace=nowarn', '-'], diff).catch((error: unknown) => {
      throw new EditRefused(`the edit does not fit the files any more: ${(error as Error).message}`);
    });
    const tree = await this.git.text(['write-tree'], here);
    const changed = await this.git.text(['diff-tree', '-r', '-z', '--no-renames', '--name-status', parent, tree], here);
    refuseOthers(changed, files);
    const time = await this.git.text(['show', '--no-patch', '--format=%ct', parent], here);
    const lines = [`tree ${tree}`, `parent ${parent}`, `author ${committer} ${time} +0000`, `committer ${committer} ${time} +0000`];
    return this.fed(['hash-object', '-t', 'commit', '-w', '--stdin'], `${lines.join('\n')}\n\n${message}`);
  }

  /** The commit at which a branch of ours stands at the origin. */
  async headOf(origin: Origin, branch: string, signal: AbortSignal): Promise<string | undefined> {
    const ref = ownRef(branch);
    const listed = await this.git.text(['ls-remote', '--', origin.url, ref], { timeoutMs: 60_000, origin, signal });
    return /^([0-9a-f]{40,64})\t/.exec(listed.split('\n').find((line) => line.endsWith(`\t${ref}`)) ?? '')?.[1];
  }

  /** Moves the branch to a commit, if it stands where we expect it. */
  async push(origin: Origin, { branch, head }: Expected, commit: string, signal: AbortSignal): Promise<void> {
    const ref = ownRef(branch);
    await this.send(origin, [`--force-with-lease=${ref}:${head ?? ''}`], `${commit}:${ref}`, signal);
  }

  /** Deletes the branch, if it stands where we expect it. */
  async remove(origin: Origin, { branch, head }: Expected, signal: AbortSignal): Promise<void> {
    const ref = ownRef(branch);
    await this.send(origin, [`--force-with-lease=${ref}:${head ?? ''}`], `:${ref}`, signal);
  }

  private async send(origin: Origin, lease: readonly string[], refspec: string, signal: AbortSignal): Promise<void> {
    const options = ['--quiet', '--no-verify', '--no-follow-tags', '--no-signed', '--recurse-submodules=no', ...lease];
    await this.git.text(['push', ...options, '--', origin.url, refspec], { timeoutMs: pushMs, origin, signal });
  }

  private async fed(args: readonly string[], input: string): Promise<string> {
    const stream = this.git.stream(args, here);
    stream.input.end(input);
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.output) chunks.push(chunk);
    await stream.done;
    return Buffer.concat(chunks).toString('utf8').trim();
  }
}

/** `M\0path\0…`: a fix edits files that are there. */
function refuseOthers(changed: string, files: readonly string[]): void {
  const words = changed.split('\0').filter((word) => word !== '');
  const paths: string[] = [];
  for (let at = 0; at < words.length; at += 2) {
    if (words[at] !== 'M') throw new EditRefused('the edit would add or remove a file');
    paths.push(words[at + 1]!);
  }
  const others = paths.filter((path) => !files.includes(path));
  if (paths.length === 0) throw new EditRefused('the edit changes nothing');
  if (others.length > 0) throw new EditRefused('the edit would change files that it does not name');
}
