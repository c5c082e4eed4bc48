import type { PushedCommit } from '@throughline/contracts';
import { at, commit, firstText, isRef, line, needed, ofMillis, time } from './payload.ts';
import type { RepositoryAddress, Site, Translation } from './provider.ts';
import { repositoryAt, toldByGithubForm } from './site.ts';

const mostCommits = 20;
/** What a push moves beyond these is found when the refs are compared. */
const mostRefs = 1000;

type Order = 'oldest-first' | 'newest-first';

/** What a payload says of a push, by whatever names it says so. */
export interface ToldPush {
  readonly ref: unknown;
  readonly before: unknown;
  readonly after: unknown;
  /** The commit of an annotated tag: `after` names the tag object. */
  readonly tagged?: unknown;
  readonly deleted?: unknown;
  readonly forced?: unknown;
  /** Absent where the provider does not tell it. */
  readonly defaultBranch?: readonly unknown[];
  readonly pusher: readonly unknown[];
  readonly commits: unknown;
  readonly saidAt?: string | undefined;
  /** Somebody asks for its evidence anew. */
  readonly rescan?: boolean;
}

/** Where a push happened, and how its commits are listed. */
export interface PushedTo {
  readonly repository: RepositoryAddress;
  readonly source: string;
  readonly order: Order;
}

/** Reads a push in the form that GitHub gave it and Gogs, Gitea and Forgejo took over. */
export function translatePush(payload: unknown, site: Site, order: Order): Translation {
  const told: ToldPush = {
    ref: at(payload, 'ref'),
    before: at(payload, 'before'),
    after: at(payload, 'after'),
    tagged: at(payload, 'head_commit', 'id'),
    deleted: at(payload, 'deleted'),
    forced: at(payload, 'forced'),
    defaultBranch: [at(payload, 'repository', 'default_branch'), at(payload, 'repository', 'master_branch')],
    pusher: [at(payload, 'sender', 'login'), ...['login', 'username', 'name'].map((name) => at(payload, 'pusher', name))],
    commits: at(payload, 'commits'),
    saidAt: pushedAt(payload),
  };
  return pushOf(told, { repository: repositoryAt(toldByGithubForm(payload), site), source: site.source, order });
}

/** The fact of a push, or why there is none. */
export function pushOf(told: ToldPush, { repository, source, order }: PushedTo): Translation {
  const ref = needed(typeof told.ref === 'string' && isRef(told.ref) ? told.ref : undefined, 'ref', 'a full ref such as refs/heads/main');
  if (!/^refs\/(?:heads|tags)\//.test(ref)) return { ignored: `${line(ref, 100)} is neither a branch nor a tag` };
  if (told.deleted === true || isZero(told.after)) return { ignored: `${line(ref, 100)} was deleted` };
  const tagged = ref.startsWith('refs/tags/') ? commit(told.tagged) : undefined;
  const after = needed(tagged ?? commit(told.after), 'after', 'a commit id');
  const before = commit(told.before);
  if (before === after) return { ignored: 'before and after are the same commit: nothing moved' };
  const fields = {
    repository: repository.id,
    source,
    ref,
    ...(before === undefined ? {} : { before }),
    after,
    defaultBranch: told.defaultBranch && defaultBranchAmong(...told.defaultBranch),
    forced: told.forced === true,
    pusher: line(firstText(...told.pusher), 200),
    commits: commitsIn(told.commits, order),
    ...(told.rescan ? { rescan: true } : {}),
  };
  return { repository, facts: [{ type: 'change.pushed', fields }], ...(told.saidAt === undefined ? {} : { saidAt: told.saidAt }) };
}

/** The facts of a request that tells of several refs; one that moved none is ignored for the first reason. */
export function pushesOf(told: readonly ToldPush[], to: PushedTo): Translation {
  const read = told.slice(0, mostRefs).map((push) => pushOf(push, to));
  const facts = read.flatMap((one) => ('facts' in one ? one.facts : []));
  const [first] = read;
  if (facts.length === 0) return first ?? { ignored: 'no branch or tag moved' };
  const saidAt = told[0]?.saidAt;
  return { repository: to.repository, facts, ...(saidAt === undefined ? {} : { saidAt }) };
}

/** The first usable name of a default branch, else git's own word for it. */
export function defaultBranchAmong(...names: readonly unknown[]): string {
  const name = firstText(...names);
  return name !== undefined && name.length <= 255 && isRef(`refs/heads/${name}`) ? name : 'main';
}

/** GitHub tells it in whole seconds. */
function pushedAt(payload: unknown): string | undefined {
  const seconds = at(payload, 'repository', 'pushed_at');
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds < 1e11)) return undefined;
  return time(new Date(seconds * 1000).toISOString());
}

function isZero(value: unknown): boolean {
  return typeof value === 'string' && /^0{40}(?:0{24})?$/.test(value);
}

function commitsIn(told: unknown, order: Order): PushedCommit[] {
  if (!Array.isArray(told)) return [];
  const last: unknown[] = order === 'oldest-first' ? told.slice(-mostCommits) : told.slice(0, mostCommits).reverse();
  return last.flatMap((entry) => {
    const id = commit(at(entry, 'id')) ?? commit(at(entry, 'hash')) ?? commit(at(entry, 'commitId'));
    const made = time(at(entry, 'timestamp') ?? at(entry, 'date') ?? at(entry, 'author', 'date')) ?? ofMillis(at(entry, 'authorTimestamp'));
    if (id === undefined) return [];
    const title = line(at(entry, 'message') ?? at(entry, 'comment'), 200);
    const author = line(firstText(...['name', 'raw', 'display_name'].map((name) => at(entry, 'author', name))), 200);
    return [{ id, title, author, ...(made === undefined ? {} : { time: made }) }];
  });
}
