import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';

/** Where a line of development stands: a branch or tag by its full ref, a change request as `pull/<number>`. */
export interface LineHead {
  readonly repository: string;
  readonly line: string;
  readonly commit: string;
  readonly movedAt: Date;
}

const maxHeads = 5_000;

/** The line that a change request is. */
export function changeRequestLine(number: number): string {
  return `pull/${number}`;
}

/** The heads of lines: what is judged again when a policy or a tolerance changes. */
@Injectable()
export class Lines {
  /** Moves heads; news that is older than what is known changes nothing. */
  async move(tx: Tx, heads: readonly LineHead[]): Promise<void> {
    const last = new Map<string, LineHead>();
    for (const head of heads) {
      const other = last.get(keyOf(head));
      if (!other || other.movedAt <= head.movedAt) last.set(keyOf(head), head);
    }
    const ordered = [...last.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    await rows(
      tx,
      `insert into line_head (repository, line, commit, moved_at)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
       on conflict (repository, line) do update set commit = excluded.commit, moved_at = excluded.moved_at
       where line_head.moved_at <= excluded.moved_at`,
      [
        ordered.map(({ repository }) => repository),
        ordered.map(({ line }) => line),
        ordered.map(({ commit }) => commit),
        ordered.map(({ movedAt }) => movedAt),
      ],
    );
  }

  async headOf(tx: Tx, repository: string, line: string): Promise<string | undefined> {
    const [head] = await rows<{ commit: string }>(tx, 'select commit from line_head where repository = $1 and line = $2', [
      repository,
      line,
    ]);
    return head?.commit;
  }

  /** Ids of the subjects that are heads, the latest moved first; of all repositories unless some are given. */
  async headSubjects(tx: Tx, repositories?: readonly string[]): Promise<readonly string[]> {
    const found = await rows<{ id: string }>(
      tx,
      `select subject.id from line_head head
       join subject on subject.repository = head.repository and subject.commit = head.commit
       where ($1::text[] is null or head.repository = any($1::text[])) and not subject.baseline
       order by head.moved_at desc limit ${maxHeads}`,
      [repositories ?? null],
    );
    return [...new Set(found.map(({ id }) => id))];
  }
}

function keyOf({ repository, line }: LineHead): string {
  return `${repository}\n${line}`;
}
