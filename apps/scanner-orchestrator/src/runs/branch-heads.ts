import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';

/** A branch or tag of a repository. */
export interface Branch {
  readonly repository: string;
  readonly ref: string;
}

/** Room between two heads, for those whose news comes late. */
const stride = 2 ** 16;
const first = 2 ** 40;

interface Head {
  readonly position: number;
}

/** Numbers the heads of branches by who followed whom. */
@Injectable()
export class BranchHeads {
  /** The position of a head that took the place of `former`. Told twice, it has one position. */
  async place(tx: Tx, branch: Branch, head: string, former: string | undefined): Promise<number> {
    await rows(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${branch.repository} ${branch.ref}`]);
    const known = await this.known(tx, branch, head, former);
    if (known !== undefined) return known;
    const position = await this.between(tx, branch, head, former);
    await rows(tx, 'insert into branch_head (repository, ref, position, commit_id, former) values ($1, $2, $3, $4, $5)', [
      branch.repository,
      branch.ref,
      position,
      head,
      former ?? null,
    ]);
    return position;
  }

  /** The last position at which a commit was the head; 0 for one that never was: it is older than all that were seen. */
  async positionOf(tx: Tx, { repository, ref }: Branch, commit: string): Promise<number> {
    const [head] = await rows<Head>(
      tx,
      'select max(position)::float8 as position from branch_head where repository = $1 and ref = $2 and commit_id = $3 having max(position) is not null',
      [repository, ref, commit],
    );
    return head?.position ?? 0;
  }

  /** The same news again; or a head of which only now is told what it followed. */
  private async known(tx: Tx, { repository, ref }: Branch, head: string, former: string | undefined): Promise<number | undefined> {
    const [found] = await rows<Head>(
      tx,
      `update branch_head set former = coalesce(former, $4)
       where (repository, ref, position) = (
         select h.repository, h.ref, h.position from branch_head h
         where h.repository = $1 and h.ref = $2 and h.commit_id = $3 and (h.former is not distinct from $4 or h.former is null or $4::text is null)
           -- A branch may come back to a commit: then the one before it was the head in between.
           and not exists (
             select 1 from branch_head f
             where f.repository = $1 and f.ref = $2 and f.commit_id = $4 and f.position > h.position)
         order by h.position desc limit 1)
       returning position::float8 as position`,
      [repository, ref, head, former ?? null],
    );
    return found?.position;
  }

  private async between(tx: Tx, { repository, ref }: Branch, head: string, former: string | undefined): Promise<number> {
    const [around] = await rows<{ after: number | null; before: number | null; last: number | null }>(
      tx,
      `select (select max(position) from branch_head where repository = $1 and ref = $2 and commit_id = $4)::float8 as after,
              (select min(position) from branch_head where repository = $1 and ref = $2 and former = $3)::float8 as before,
              (select max(position) from branch_head where repository = $1 and ref = $2)::float8 as last`,
      [repository, ref, head, former ?? null],
    );
    const { after, before, last } = around!;
    if (before !== null && (after === null || after < before)) return this.below(tx, { repository, ref }, before, after);
    return (last ?? first - stride) + stride;
  }

  /** Half way between the head it must come before and the one that lies under that. */
  private async below(tx: Tx, { repository, ref }: Branch, before: number, after: number | null): Promise<number> {
    const [under] = await rows<Head>(
      tx,
      'select coalesce(max(position), 0)::float8 as position from branch_head where repository = $1 and ref = $2 and position < $3',
      [repository, ref, before],
    );
    const lower = Math.max(after ?? 0, under!.position);
    return lower === 0 ? before - stride : Math.floor((lower + before) / 2);
  }
}
