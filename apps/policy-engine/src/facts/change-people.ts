import { Injectable } from '@nestjs/common';
import type { ChangeProposed, ChangePushed } from '@throughline/contracts';
import { rows, type Person, type Tx } from '@throughline/service';
import { changeRequestLine } from './lines.ts';

/** A change: where a line of development stood. */
export interface Change {
  readonly repository: string;
  readonly commit: string;
  /** `pull/<number>`, or a ref. */
  readonly line: string;
}

interface Made extends Change {
  readonly person: string;
}

/** Who made changes: pushed them, proposed them, or is named as an author. What authors say proves nothing, and counts against them alone. */
@Injectable()
export class ChangePeople {
  async pushed(tx: Tx, pushes: readonly ChangePushed[]): Promise<void> {
    await this.note(
      tx,
      pushes.flatMap(({ repository, after: commit, ref: line, pusher, commits }) =>
        [pusher, ...commits.map(({ author }) => author)].map((person) => ({ repository, commit, line, person })),
      ),
    );
  }

  async proposed(tx: Tx, proposals: readonly ChangeProposed[]): Promise<void> {
    await this.note(
      tx,
      proposals.map(({ repository, head: commit, number, author: person }) => ({
        repository,
        commit,
        line: changeRequestLine(number),
        person,
      })),
    );
  }

  /**
   * Who made any of these changes, as their hosts name them. A change request is all pushes to it and to the branch that it
   * stands on; of a branch only the push of that commit counts.
   */
  async of(tx: Tx, changes: readonly Change[]): Promise<readonly string[]> {
    if (changes.length === 0) return [];
    const found = await rows<{ person: string }>(
      tx,
      `with change as (select * from unnest($1::text[], $2::text[], $3::text[]) as given (repository, commit, line)),
       lines as (
         select repository, line from change where line like 'pull/%'
         union
         select at.repository, at.line from change join change_person at on at.repository = change.repository and at.commit = change.commit
         left join default_branch main on main.repository = at.repository
         where change.line like 'pull/%' and at.line <> 'refs/heads/' || coalesce(main.branch, 'main'))
       select distinct person from (
         select person from change_person made join change on change.repository = made.repository and change.commit = made.commit
         union all
         select person from change_person made join lines on lines.repository = made.repository and lines.line = made.line
       ) as people limit 1000`,
      [changes.map(({ repository }) => repository), changes.map(({ commit }) => commit), changes.map(({ line }) => line)],
    );
    return found.map(({ person }) => person);
  }

  private async note(tx: Tx, made: readonly Made[]): Promise<void> {
    const named = made.filter(({ person }) => person.trim() !== '');
    const ordered = [...new Map(named.map((each) => [JSON.stringify(each), each])).entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    await rows(
      tx,
      `insert into change_person (month, repository, commit, line, person)
       select date_trunc('month', now() at time zone 'utc')::date, * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
       on conflict do nothing`,
      (['repository', 'commit', 'line', 'person'] as const).map((field) => ordered.map(([, each]) => each[field])),
    );
  }
}

/** Whether what a host calls somebody may be this person: by name, by address, or by the first part of it. */
export function isNamed({ name, email }: Person, called: string): boolean {
  const ours = new Set(namesIn(email === null ? name : `${name} <${email}>`));
  return namesIn(called).some((each) => ours.has(each));
}

function namesIn(text: string): readonly string[] {
  const plain = text.normalize('NFKC').toLowerCase().trim();
  const address = /<([^<>]+)>/.exec(plain)?.[1] ?? (plain.includes('@') ? plain : undefined);
  const name = plain.replace(/<[^<>]*>/g, '').trim();
  return [plain, name, address ?? '', address?.split('@')[0] ?? ''].filter((each) => each !== '');
}
