import { Injectable } from '@nestjs/common';
import { uuidv7, type Envelope } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { BranchHeads } from './branch-heads.ts';
import { workKinds } from './work-kinds.ts';

/** Evidence that somebody wants about a commit. */
export interface Wanted {
  readonly repository: string;
  readonly commit: string;
  /** Line of development to which its findings belong. */
  readonly ref: string;
  /** Further refs by which the commit may be reached. */
  readonly via: readonly string[];
  readonly pullRequest?: number;
  /** Branch that it is compared with. */
  readonly baseRef?: string;
  /** Former head of the branch. */
  readonly former?: string;
  readonly rescan?: boolean;
  /** Nobody waits for it, and nobody is told. */
  readonly first?: boolean;
  /** Only to compare with: given its position, it is no head. */
  readonly baseline?: { readonly position: number };
  readonly cause: Envelope;
}

/** A request as it is kept, with its subject. */
export interface EvidenceRequest {
  readonly id: string;
  readonly plan: string;
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  readonly via: readonly string[];
  readonly pullRequest: number | null;
  readonly baseRef: string | null;
  readonly former: string | null;
  readonly base: string | null;
  readonly baseline: boolean;
  readonly rescan: boolean;
  readonly first: boolean;
  readonly position: number;
  readonly state: 'preparing' | 'planned' | 'failed';
  readonly cause: Envelope;
}

const mostComparedAnew = 100;
/** The last of each change request, of those that aim at the branch; the latest ones. */
const aimedAt = `
  select commit, ref, via, "pullRequest" from (
    select distinct on (r.pull_request) r.id, p.commit_id as commit, r.ref, r.via, r.pull_request as "pullRequest", r.base_ref
    from evidence_request r join plan p on p.id = r.plan_id
    where p.repository = $1 and r.pull_request is not null order by r.pull_request, r.id desc
  ) as last where base_ref = $2 order by id desc limit ${mostComparedAnew}`;

/** Requests for evidence: taken down at once, prepared later. */
@Injectable()
export class EvidenceRequests {
  constructor(
    private readonly heads: BranchHeads,
    private readonly work: WorkQueue,
  ) {}

  /** Opens the plan of the subject when there is none; from now on the gate waits for it. */
  async open(tx: Tx, wanted: Wanted): Promise<void> {
    const { repository, commit, ref, former, baseline } = wanted;
    await rows(tx, 'insert into repository (id) values ($1) on conflict do nothing', [repository]);
    await rows(tx, 'insert into plan (id, repository, commit_id) values ($1, $2, $3) on conflict (repository, commit_id) do nothing', [
      uuidv7(),
      repository,
      commit,
    ]);
    const position = baseline?.position ?? (await this.heads.place(tx, { repository, ref }, commit, former));
    const id = uuidv7();
    await rows(
      tx,
      `insert into evidence_request (id, plan_id, ref, via, pull_request, base_ref, former, baseline, rescan, position, cause, first)
       select $1, id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from plan where repository = $2 and commit_id = $3`,
      [
        ...[id, repository, commit, ref, [...wanted.via], wanted.pullRequest ?? null, wanted.baseRef ?? null, former ?? null],
        ...[baseline !== undefined, wanted.rescan === true, position, JSON.stringify(wanted.cause), wanted.first === true],
      ],
    );
    // One mirror is fetched by one worker at a time, and in the order of the pushes.
    await this.work.add(tx, {
      kind: workKinds.prepare,
      key: repository,
      lane: repository,
      payload: { request: id },
      priority: priorityOf({ baseline: baseline !== undefined, first: wanted.first === true }),
    });
  }

  /**
   * A branch was written anew: what change requests that aim at it add is more than it was. A branch that only goes on takes
   * nothing back from what they were compared with.
   */
  async comparedAnew(tx: Tx, { repository, ref, cause }: Pick<Wanted, 'repository' | 'ref' | 'cause'>): Promise<void> {
    const found = await rows<{ commit: string; ref: string; via: string[]; pullRequest: number }>(tx, aimedAt, [repository, ref]);
    for (const one of found) await this.open(tx, { ...one, repository, baseRef: ref, cause });
  }

  async read(tx: Tx, id: string): Promise<EvidenceRequest | undefined> {
    const [row] = await rows<Omit<EvidenceRequest, 'cause'> & { cause: string }>(
      tx,
      `select r.id, r.plan_id as plan, p.repository, p.commit_id as commit, r.ref, r.via, r.pull_request as "pullRequest",
         r.base_ref as "baseRef", r.former, r.base, r.baseline, r.rescan, r.first, r.position::float8 as position, r.state, r.cause
       from evidence_request r join plan p on p.id = r.plan_id where r.id = $1`,
      [id],
    );
    return row && { ...row, cause: JSON.parse(row.cause) as Envelope };
  }

  async settle(tx: Tx, id: string, end: { state: 'planned'; base?: string } | { state: 'failed'; failure: string }): Promise<void> {
    await rows(tx, 'update evidence_request set state = $2, base = $3, failure = $4 where id = $1', [
      id,
      end.state,
      end.state === 'planned' ? (end.base ?? null) : null,
      end.state === 'failed' ? end.failure : null,
    ]);
  }
}

/** Somebody waits for the verdict on a push; what it is compared with comes next, and the stock of a new repository last. */
export function priorityOf({ baseline, first }: Pick<EvidenceRequest, 'baseline' | 'first'>): 'interactive' | 'normal' | 'bulk' {
  if (first) return 'bulk';
  return baseline ? 'normal' : 'interactive';
}
