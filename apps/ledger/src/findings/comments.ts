import { Injectable } from '@nestjs/common';
import { make, FindingComment, uuidv7, type Page, type PageQuery } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Identity, type Tx } from '@throughline/service';
import { uuid } from '../uuid.ts';
import { askedFinding } from './asked-finding.ts';

interface CommentRow {
  readonly id: string;
  readonly finding: string;
  readonly at: Date;
  readonly by: string;
  readonly author: string;
  readonly text: string | null;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
}

/** So many one finding has; nobody reads more. */
const mostEach = 1_000;

const columns = `
  c.id, f.id as finding, c.at, c.person as "by", c.author, c.text, c.edited_at as "editedAt", c.deleted_at as "deletedAt"
  from finding_comment c join finding f on f.number = c.finding_number`;
const ofFinding = 'c.finding_number in (select number from finding where number = $1 or alias_of = $1)';

/** What people write about findings. Whoever wrote something may change it or take it back. */
@Injectable()
export class FindingComments {
  constructor(private readonly database: Database) {}

  /** The oldest first. Throws `Problem` 404. */
  async list(finding: string, query: PageQuery, caller: Identity): Promise<Page<FindingComment>> {
    const number = await this.database.transaction((tx) => askedFinding(tx, finding, caller));
    const after = decodeCursor(query.cursor, 1)?.[0] ?? null;
    const found = await this.database.rows<CommentRow>(
      `select ${columns} where ${ofFinding} and ($2::uuid is null or c.id > $2) order by c.id limit $3`,
      [number, after, (query.limit ?? defaultLimit) + 1],
    );
    const { items, next } = pageOf(found, query.limit, ({ id }) => [id]);
    return { items: items.map((row) => shown(row, caller)), next };
  }

  /** Throws `Problem` 404, and 409 where there are too many. */
  async add(finding: string, text: string, caller: Identity): Promise<FindingComment> {
    return this.database.transaction(async (tx) => {
      const number = await askedFinding(tx, finding, caller);
      const [counted] = await rows<{ count: number }>(tx, `select count(*)::int as count from finding_comment c where ${ofFinding}`, [
        number,
      ]);
      if (counted!.count >= mostEach) throw new Problem(409, 'too_many', `a finding has at most ${mostEach} comments`);
      const id = uuidv7();
      await rows(tx, 'insert into finding_comment (id, finding_number, person, author, text) values ($1, $2, $3, $4, $5)', [
        ...[id, number, caller.name, authorOf(caller), written(text)],
      ]);
      return this.read(tx, id, caller);
    });
  }

  /** Throws `Problem` 403 for another's, 404, and 409 for one that was taken back. */
  change(finding: string, id: string, text: string, caller: Identity): Promise<FindingComment> {
    return this.database.transaction(async (tx) => {
      const comment = await this.own(tx, finding, id, caller);
      if (comment.deletedAt !== null) throw new Problem(409, 'deleted', 'this comment was taken back');
      const said = written(text);
      if (said !== comment.text)
        await rows(tx, 'update finding_comment set text = $2, edited_at = clock_timestamp() where id = $1', [comment.id, said]);
      return this.read(tx, comment.id, caller);
    });
  }

  /** Its text goes; that there was one stays. Throws `Problem` 403 for another's, and 404. */
  remove(finding: string, id: string, caller: Identity): Promise<void> {
    return this.database.transaction(async (tx) => {
      const comment = await this.own(tx, finding, id, caller);
      await rows(tx, 'update finding_comment set text = null, deleted_at = coalesce(deleted_at, clock_timestamp()) where id = $1', [
        comment.id,
      ]);
    });
  }

  private async own(tx: Tx, finding: string, id: string, caller: Identity): Promise<CommentRow> {
    const number = await askedFinding(tx, finding, caller);
    const sql = `select ${columns} where ${ofFinding} and c.id = $2 for update of c`;
    const [comment] = uuid.test(id) ? await rows<CommentRow>(tx, sql, [number, id]) : [];
    if (!comment) throw new Problem(404, 'not_found', 'there is no such comment');
    if (comment.author !== authorOf(caller)) throw new Problem(403, 'forbidden', `${comment.by} wrote this: nobody else may change it`);
    return comment;
  }

  private async read(tx: Tx, id: string, caller: Identity): Promise<FindingComment> {
    const [row] = await rows<CommentRow>(tx, `select ${columns} where c.id = $1`, [id]);
    return shown(row!, caller);
  }
}

/** Two accounts may have one name. */
function authorOf({ kind, id }: Identity): string {
  return `${kind} ${id}`;
}

function written(text: string): string {
  const said = text.replaceAll('\0', '').trim();
  if (said === '') throw new Problem(400, 'invalid', 'what was sent is not valid', [{ pointer: '/text', detail: 'says nothing' }]);
  return said;
}

function shown({ id, finding, at, by, author, text, editedAt, deletedAt }: CommentRow, caller: Identity): FindingComment {
  return make(FindingComment, {
    ...{ id, finding, at: at.toISOString(), by, own: author === authorOf(caller) },
    ...(text !== null && { text }),
    ...(editedAt !== null && { editedAt: editedAt.toISOString() }),
    ...(deletedAt !== null && { deletedAt: deletedAt.toISOString() }),
  });
}
