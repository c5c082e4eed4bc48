import type { PushedCommit } from '@throughline/contracts';
import { at, commit, firstText, isRef, line, needed, time } from './payload.ts';
import type { Site, Translation } from './provider.ts';
import { repositoryAt } from './site.ts';

const mostCommits = 20;

/** Reads a push in the form that GitHub gave it and Gogs, Gitea and Forgejo took over. */
export function translatePush(payload: unknown, site: Site, order: 'oldest-first' | 'newest-first'): Translation {
  const repository = repositoryAt(payload, site);
  const ref = needed(refOf(payload), 'ref', 'a full ref such as refs/heads/main');
  if (!/^refs\/(?:heads|tags)\//.test(ref)) return { ignored: `${line(ref, 100)} is neither a branch nor a tag` };
  if (at(payload, 'deleted') === true || isZero(at(payload, 'after'))) return { ignored: `${line(ref, 100)} was deleted` };
  const after = needed(headOf(payload, ref), 'after', 'a commit id');
  const before = commit(at(payload, 'before'));
  if (before === after) return { ignored: 'before and after are the same commit: nothing moved' };
  const fields = {
    repository: repository.id,
    source: site.source,
    ref,
    ...(before === undefined ? {} : { before }),
    after,
    defaultBranch: defaultBranchOf(payload),
    forced: at(payload, 'forced') === true,
    pusher: line(pusherOf(payload), 200),
    commits: commitsOf(payload, order),
  };
  const saidAt = pushedAt(payload);
  return { repository, facts: [{ type: 'change.pushed', fields }], ...(saidAt === undefined ? {} : { saidAt }) };
}

/** The default branch that the payload names, else git's own word for it. */
export function defaultBranchOf(payload: unknown): string {
  const name = firstText(at(payload, 'repository', 'default_branch'), at(payload, 'repository', 'master_branch'));
  return name !== undefined && name.length <= 255 && isRef(`refs/heads/${name}`) ? name : 'main';
}

function refOf(payload: unknown): string | undefined {
  const ref = at(payload, 'ref');
  return typeof ref === 'string' && isRef(ref) ? ref : undefined;
}

/** The commit that a ref points to now: `after` of an annotated tag names the tag object. */
function headOf(payload: unknown, ref: string): string | undefined {
  const tagged = ref.startsWith('refs/tags/') ? commit(at(payload, 'head_commit', 'id')) : undefined;
  return tagged ?? commit(at(payload, 'after'));
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

function pusherOf(payload: unknown): string | undefined {
  return firstText(
    at(payload, 'sender', 'login'),
    at(payload, 'pusher', 'login'),
    at(payload, 'pusher', 'username'),
    at(payload, 'pusher', 'name'),
  );
}

function commitsOf(payload: unknown, order: 'oldest-first' | 'newest-first'): PushedCommit[] {
  const told: unknown = at(payload, 'commits');
  if (!Array.isArray(told)) return [];
  const last: unknown[] = order === 'oldest-first' ? told.slice(-mostCommits) : told.slice(0, mostCommits).reverse();
  return last.flatMap((entry) => {
    const id = commit(at(entry, 'id'));
    const made = time(at(entry, 'timestamp'));
    if (id === undefined) return [];
    const title = line(at(entry, 'message'), 200);
    const author = line(at(entry, 'author', 'name'), 200);
    return [{ id, title, author, ...(made === undefined ? {} : { time: made }) }];
  });
}
