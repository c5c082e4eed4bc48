import { Injectable } from '@nestjs/common';
import { make, SourceSubject, type UploadQuery } from '@throughline/contracts';
import {
  canonicalRepository,
  commitInBounds,
  Database,
  isOwnChangeRequest,
  Problem,
  refuseOutOfBounds,
  rows,
  sees,
  type Identity,
  type Tx,
} from '@throughline/service';

/** Application of a repository that belongs to none. */
const unassigned = 'unassigned';

/** Where the findings of a commit stand of which nobody has said on which line it is. */
export const noLine = 'HEAD';

/** The commit that a report is about. */
export interface UploadSubject {
  readonly repository: string;
  readonly commit: string;
  /** On which line it says to be; `noLine` where it says nothing, and is on the one on which the commit is judged. */
  readonly line: string;
  /** Name of the image that was looked at, without host and tag. */
  readonly image?: string;
}

/** Finds out what an upload is about, before anything of its body is read. */
@Injectable()
export class UploadSubjects {
  constructor(private readonly database: Database) {}

  /** Throws `Problem` 404 for a repository that the caller does not see, as for one that is not here. */
  async of(asked: UploadQuery, caller: Identity): Promise<UploadSubject> {
    const query = commitInBounds(caller, asked);
    const repository = repositoryOf(query.repository);
    const [known] = await this.database.rows<{ application: string }>('select application from repository where id = $1', [repository]);
    if (!sees(caller, known?.application ?? unassigned)) throw new Problem(404, 'not_found', 'there is no such repository');
    refuseOutOfBounds(caller, { ref: lineInBounds(query, caller) });
    const line = caller.bound?.ref ?? lineOf(query);
    const commit = query.commit ?? (await this.headOf(repository, line));
    if (commit === undefined)
      throw new Problem(400, 'invalid', 'the commit that was looked at is not known', [
        { pointer: '/commit', detail: 'name the commit, or a branch that was pushed' },
      ]);
    return { repository, commit, line: line ?? noLine };
  }

  /** Opens the plan of the commit where there is none; its row is locked until `tx` ends. */
  async plan(tx: Tx, { repository, commit }: UploadSubject, id: string): Promise<string> {
    await rows(tx, 'insert into repository (id) values ($1) on conflict do nothing', [repository]);
    await rows(tx, 'insert into plan (id, repository, commit_id) values ($1, $2, $3) on conflict (repository, commit_id) do nothing', [
      id,
      repository,
      commit,
    ]);
    const [plan] = await rows<{ id: string }>(tx, 'select id from plan where repository = $1 and commit_id = $2 for update', [
      repository,
      commit,
    ]);
    return plan!.id;
  }

  /** The subject as those who asked for evidence know it: an upload never says on which line a commit is judged. */
  async told(tx: Tx, plan: string, { repository, commit }: Omit<UploadSubject, 'line'>): Promise<SourceSubject> {
    const [request] = await rows<{ ref: string; pullRequest: number | null; base: string | null; baseline: boolean }>(
      tx,
      `select ref, pull_request as "pullRequest", base, baseline from evidence_request where plan_id = $1
       order by baseline, created_at desc limit 1`,
      [plan],
    );
    const { ref, pullRequest, base, baseline } = request ?? { ref: noLine, pullRequest: null, base: null, baseline: false };
    return make(SourceSubject, {
      ...{ repository, commit, ref },
      ...(pullRequest !== null && { pullRequest }),
      ...(base !== null && { base }),
      ...(baseline && { baseline }),
    });
  }

  /** Where the commit stands on the line; one that was never its head stands where the head does. */
  async positionOf(tx: Tx, { repository, commit, line }: UploadSubject): Promise<number> {
    // Nobody tells in which order images came to a tag but those who send their inventories.
    if (isImage(repository)) return Date.now();
    const [found] = await rows<{ position: number | null }>(
      tx,
      `select coalesce(max(position) filter (where commit_id = $3), max(position), 0)::float8 as position
       from branch_head where repository = $1 and ref = $2`,
      [repository, line, commit],
    );
    return found?.position ?? 0;
  }

  private async headOf(repository: string, line: string | undefined): Promise<string | undefined> {
    if (line === undefined) return undefined;
    const [head] = await this.database.rows<{ commit: string }>(
      'select commit_id as commit from branch_head where repository = $1 and ref = $2 order by position desc limit 1',
      [repository, line],
    );
    return head?.commit;
  }
}

/** Any spelling of a clone URL as the id of the repository; throws `Problem` 400. */
export function repositoryOf(address: string): string {
  return canonicalRepository(address, '/repository', 'a clone URL or a repository id');
}

/** The ref that an upload of a CI job names; of a change request there are several, and any is its own. */
function lineInBounds({ branch, pullRequest }: UploadQuery, { bound }: Identity): string | undefined {
  if (!bound || pullRequest === undefined) return branch;
  return isOwnChangeRequest(bound, pullRequest) ? undefined : `refs/pull/${pullRequest}/head`;
}

function lineOf({ branch, pullRequest }: UploadQuery): string | undefined {
  if (branch !== undefined) return branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
  return pullRequest === undefined ? undefined : `refs/pull/${pullRequest}/head`;
}

const imagePrefix = 'image:';
const tagPrefix = 'tag:';

/** Whether what an upload is about is an image, and no repository. */
export function isImage(scope: string): boolean {
  return scope.startsWith(imagePrefix);
}

/** The image that a scope names; undefined where only its digest is known. */
export function imageOf(scope: string): string | undefined {
  const name = scope.slice(imagePrefix.length);
  return name.startsWith('sha256:') ? undefined : name;
}

/** The tag that a line stands for. */
export function tagOf(line: string): string | undefined {
  return line.startsWith(tagPrefix) ? line.slice(tagPrefix.length) : undefined;
}

/** An image by its digest, and by its name where that is known. */
export interface NamedImage {
  readonly digest: string;
  readonly name?: string;
  readonly tag?: string;
}

/** What findings about an image alone have in common: its name without host and tag, whichever registry holds it. */
export function imageSubject({ digest, name, tag }: NamedImage): UploadSubject {
  return {
    repository: `${imagePrefix}${name ?? digest}`,
    commit: digest.slice('sha256:'.length),
    line: tag === undefined ? digest : `${tagPrefix}${tag}`,
    ...(name !== undefined && { image: name }),
  };
}
