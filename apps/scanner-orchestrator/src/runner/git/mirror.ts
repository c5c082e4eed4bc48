import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Git, GitFailed, trustFor, type GitHome, type Origin } from '@throughline/git';

/** Which commits a fetch should bring, by the refs that lead to them. */
export interface Wanted {
  readonly commit: string;
  /** Full refs, the one of the commit first. */
  readonly refs: readonly string[];
  /** One of them that has to be here, too: the commit is compared with what it leads to. */
  readonly compared?: string;
}

/** The commit is not part of the repository: no ref that its server names leads to it. */
export class CommitUnreachable extends Error {
  readonly code = 'commit_unreachable';
}

const short = { timeoutMs: 60_000 };
const fetchMs = 15 * 60_000;
const mostPacks = 40;
const fullId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Where mirrors lie and how large one may become. */
export interface MirrorPlace {
  readonly dir: string;
  readonly home: GitHome;
  readonly maxBytes: number;
}

/** One bare mirror of one repository, fetched little by little. */
export class Mirror {
  readonly git: Git;
  private readonly dir: string;

  constructor(
    repository: string,
    private readonly place: MirrorPlace,
  ) {
    this.dir = join(place.dir, createHash('sha256').update(repository).digest('hex').slice(0, 40));
    this.git = new Git(this.dir, place.home);
  }

  /**
   * Makes sure that the commit is here and reachable from a ref of the origin; fetches when it is not. Gives the id of the
   * commit itself, which differs for an annotated tag. Throws `CommitUnreachable` and `GitFailed`.
   */
  async bring(wanted: Wanted, origin: () => Promise<Origin>, signal?: AbortSignal): Promise<string> {
    if (!fullId.test(wanted.commit)) throw new CommitUnreachable(`${JSON.stringify(wanted.commit.slice(0, 80))} is no commit id`);
    const empty = await this.open(wanted.commit.length === 64 ? 'sha256' : 'sha1');
    if (empty || !(await this.isHere(wanted))) await this.fetch(wanted, await origin(), signal);
    // What a branch leads to is a commit: only a tag may be an object of its own.
    if (wanted.refs.every((ref) => ref.startsWith('refs/heads/'))) return wanted.commit;
    return this.git.text(['rev-parse', '--verify', '--end-of-options', `${wanted.commit}^{commit}`], short);
  }

  /** The best common ancestor; undefined when the histories share nothing. */
  async mergeBase(a: string, b: string): Promise<string | undefined> {
    try {
      return await this.git.text(['merge-base', a, b], short);
    } catch (error) {
      if (error instanceof GitFailed && error.exit === 1) return undefined;
      throw error;
    }
  }

  /** Whether a commit is the other or in its history. */
  leadsTo(ancestor: string, commit: string): Promise<boolean> {
    return this.git.holds(['merge-base', '--is-ancestor', ancestor, commit], short);
  }

  /** Whether the object is here and a commit. */
  async has(commit: string): Promise<boolean> {
    if (!fullId.test(commit)) return false;
    try {
      await this.git.text(['cat-file', '-e', `${commit}^{commit}`], short);
      return true;
    } catch (error) {
      if (error instanceof GitFailed && error.exit !== undefined) return false;
      throw error;
    }
  }

  /** The commit at the tip of a ref as it was last fetched. */
  async tip(ref: string): Promise<string | undefined> {
    const found = await this.git.text(['for-each-ref', '--format=%(objectname)', nameHere(ref)], short);
    return found === '' ? undefined : found;
  }

  /** Deletes it; call it in the place of a fetch. */
  async remove(): Promise<void> {
    await rm(`${this.dir}.trust`, { force: true });
    await rm(this.dir, { recursive: true, force: true });
  }

  private async fetch(wanted: Wanted, origin: Origin, signal?: AbortSignal): Promise<void> {
    await this.clearLeftovers();
    const trust = await trustFor(origin, `${this.dir}.trust`);
    const call = { timeoutMs: fetchMs, origin, maxFileBytes: this.place.maxBytes, ...(trust && { trust }), ...(signal && { signal }) };
    const [own, ...others] = wanted.refs.filter(isPlainRef).map((ref) => `+${ref}:${nameHere(ref)}`);
    const fetched = own !== undefined && (await this.fetchRefs([own, ...others], origin.url, call));
    const reached = fetched && (await this.reaches(wanted));
    // A ref that is gone by now, or has moved on without this commit: any other ref of the origin will do.
    if (!reached) {
      const all = ['+refs/heads/*:refs/all/heads/*', '+refs/tags/*:refs/all/tags/*'];
      await this.git.text(['fetch', '--prune', ...fetchOptions, '--end-of-options', origin.url, ...all], call);
    }
    await this.bound();
    if (!reached && !(await this.reaches(wanted))) {
      throw new CommitUnreachable(`no branch or tag of the repository leads to commit ${wanted.commit.slice(0, 12)}`);
    }
  }

  private async fetchRefs(refs: readonly string[], url: string, call: Parameters<Git['text']>[1]): Promise<boolean> {
    try {
      await this.git.text(['fetch', ...fetchOptions, '--end-of-options', url, ...refs], call);
      return true;
    } catch (error) {
      // 128 with "couldn't find remote ref": one of them is gone. The others are fetched together with all.
      if (error instanceof GitFailed && /find remote ref/.test(error.message)) return false;
      throw error;
    }
  }

  private async isHere(wanted: Wanted): Promise<boolean> {
    const { compared } = wanted;
    return (await this.reaches(wanted)) && (compared === undefined || (await this.tip(compared)) !== undefined);
  }

  private async reaches({ commit, refs }: Wanted): Promise<boolean> {
    if (await this.isTip(commit, refs[0])) return true;
    const places = ['refs/all', ...refs.filter(isPlainRef).map(nameHere)];
    try {
      return (
        (await this.git.text(['for-each-ref', '--count=1', '--format=%(objectname)', `--contains=${commit}`, ...places], short)) !== ''
      );
    } catch (error) {
      // 129: what it should contain is not here, or is no commit.
      if (error instanceof GitFailed && error.exit === 129) return false;
      throw error;
    }
  }

  /** Whether a branch was last seen at the commit: most are asked for while they are, and git need not be started for that. */
  private async isTip(commit: string, ref: string | undefined): Promise<boolean> {
    if (!ref?.startsWith('refs/heads/')) return false;
    const tip = await readFile(join(this.dir, nameHere(ref)), 'latin1').catch(() => '');
    return tip.trimEnd() === commit;
  }

  /** Whether nothing was fetched yet: then git need not be asked what is here. */
  private async open(format: 'sha1' | 'sha256'): Promise<boolean> {
    if (await isThere(join(this.dir, 'HEAD'))) return this.isEmpty();
    // Made beside and renamed: half a repository is never taken for one.
    const draft = `${this.dir}.${process.pid}.new`;
    await rm(draft, { recursive: true, force: true });
    await writeSkeleton(draft, format);
    await rm(this.dir, { recursive: true, force: true });
    await rename(draft, this.dir);
    return true;
  }

  /** Whatever is fetched comes as a pack. */
  private async isEmpty(): Promise<boolean> {
    return !(await readdir(join(this.dir, 'objects', 'pack'))).some((name) => name.endsWith('.pack'));
  }

  /** What a fetch left that was killed: its locks would stop every later one. Only one worker fetches at a time. */
  private async clearLeftovers(): Promise<void> {
    const entries = await readdir(this.dir, { recursive: true, withFileTypes: true });
    const left = entries.filter(({ name }) => name.endsWith('.lock') || name.startsWith('tmp_pack_') || name.startsWith('tmp_idx_'));
    for (const { parentPath, name } of left) await rm(join(parentPath, name), { force: true });
  }

  /** Many small packs become one; a mirror that grew beyond the limit is given up. */
  private async bound(): Promise<void> {
    const packs = join(this.dir, 'objects', 'pack');
    const names = await readdir(packs);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(packs, name))).size));
    if (sizes.reduce((sum, size) => sum + size, 0) > this.place.maxBytes) {
      await rm(this.dir, { recursive: true, force: true });
      throw new GitFailed('fetch', undefined, 'stopped: the repository is larger than allowed');
    }
    if (names.filter((name) => name.endsWith('.pack')).length > mostPacks) {
      await this.git.text(['repack', '-a', '-d', '-q'], { timeoutMs: fetchMs, maxFileBytes: this.place.maxBytes });
    }
  }
}

const fetchOptions = ['--no-tags', '--no-recurse-submodules', '--quiet', '--no-write-fetch-head', '--force'];

/** A ref that can stand in a refspec: git's own rules for names, without patterns. */
export function isPlainRef(ref: string): boolean {
  return /^refs\/[^\s~^:?*[\\\p{Cc}]+$/u.test(ref) && ref.length <= 512 && !/\.\.|@\{|\/\/|\/$|\.$|(?:^|\/)\.|\.lock(?:\/|$)/.test(ref);
}

/** Refs of the origin never become names of ours: no folder and file with one name, no odd letters. */
function nameHere(ref: string): string {
  return `refs/seen/${createHash('sha256').update(ref).digest('hex').slice(0, 40)}`;
}

/** What `git init --bare` leaves, without starting it. */
async function writeSkeleton(dir: string, format: 'sha1' | 'sha256'): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(join(dir, folder), { recursive: true, mode: 0o700 });
  }
  const version = format === 'sha1' ? 0 : 1;
  const extension = format === 'sha1' ? '' : '[extensions]\n\tobjectformat = sha256\n';
  await writeFile(join(dir, 'config'), `[core]\n\trepositoryformatversion = ${version}\n\tfilemode = true\n\tbare = true\n${extension}`);
  await writeFile(join(dir, 'HEAD'), 'ref: refs/heads/main\n');
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
