import { Injectable } from '@nestjs/common';
import type { ChangeProposed, ChangePushed } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { shortLine, type LineOfWork } from './line-of-work.ts';

/** A commit at a place in the history of its line: what was pushed later has the higher position. */
export interface SeenChange extends LineOfWork {
  readonly commit: string;
  readonly position: string;
  readonly defaultBranch: boolean;
  readonly by: string;
  readonly url: string | null;
}

interface Seen extends LineOfWork {
  readonly commit: string;
  readonly defaultBranch: boolean;
  readonly by: string;
  readonly url?: string;
}

const columns = 'repository, line, commit, position::text as position, default_branch as "defaultBranch", by_login as by, url';

/** The commits that a branch or a change request led to, in order. */
@Injectable()
export class Changes {
  async keepPush(tx: Tx, fact: ChangePushed): Promise<void> {
    const { repository, ref: line, after: commit, pusher: by } = fact;
    await this.keep(tx, { repository, line, commit, by, defaultBranch: shortLine(line) === fact.defaultBranch });
  }

  async keepProposal(tx: Tx, fact: ChangeProposed): Promise<void> {
    const { repository, head: commit, author: by, url } = fact;
    await this.keep(tx, { repository, line: `#${fact.number}`, commit, by, url, defaultBranch: false });
  }

  /** A judged commit; one that was never announced takes its place now. */
  async at(tx: Tx, place: LineOfWork & { readonly commit: string }): Promise<SeenChange> {
    const key = [place.repository, place.line, place.commit];
    const [, [seen]] = await Promise.all([
      rows(
        tx,
        `insert into changes (repository, line, commit, default_branch, by_login) values ($1, $2, $3, false, '') on conflict do nothing`,
        key,
      ),
      rows<SeenChange>(tx, `select ${columns} from changes where repository = $1 and line = $2 and commit = $3`, key),
    ]);
    return seen!;
  }

  /** Whether a later commit of the line was judged already. */
  async isOvertaken(tx: Tx, change: SeenChange): Promise<boolean> {
    const [later] = await rows(
      tx,
      `select 1 from changes join judgements using (repository, line, commit)
       where repository = $1 and line = $2 and position > $3 limit 1`,
      [change.repository, change.line, change.position],
    );
    return later !== undefined;
  }

  private async keep(tx: Tx, seen: Seen): Promise<void> {
    await rows(
      tx,
      `insert into changes (repository, line, commit, default_branch, by_login, url) values ($1, $2, $3, $4, $5, $6)
       on conflict (repository, line, commit) do update set position = nextval('change_position'),
         default_branch = excluded.default_branch, by_login = excluded.by_login, url = excluded.url`,
      [seen.repository, seen.line, seen.commit, seen.defaultBranch, seen.by, seen.url ?? null],
    );
  }
}
