import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import { codeOwners, type CodeOwners, type Dialect } from './code-owners.ts';

/** A file that was read, at the commit of the default branch. */
export interface OwnerFile {
  readonly path: string;
  readonly dialect: Dialect;
  readonly text: string;
}

interface Row extends OwnerFile {
  readonly digest: string;
}

const mostParsed = 200;

/** The CODEOWNERS of repositories as their default branches have them: what a change says of owners does not count before it is merged. */
@Injectable()
export class OwnerRules {
  private readonly parsed = new Map<string, CodeOwners>();

  /** Undefined for a repository without such a file. */
  async of(tx: Tx, repository: string): Promise<CodeOwners | undefined> {
    const [row] = await rows<Row>(tx, 'select path, dialect, text, digest from code_owner_file where repository = $1', [repository]);
    if (!row) return undefined;
    const key = `${row.dialect} ${row.digest}`;
    const known = this.parsed.get(key);
    if (known) return known;
    const read = codeOwners(row.text, row.dialect);
    if (this.parsed.size >= mostParsed) this.parsed.clear();
    this.parsed.set(key, read);
    return read;
  }

  /** False when it is the one that is known. */
  async keep(tx: Tx, repository: string, file: OwnerFile | undefined): Promise<boolean> {
    if (!file) return (await rows(tx, 'delete from code_owner_file where repository = $1 returning 1', [repository])).length > 0;
    const text = file.text.replaceAll('\0', '');
    const changed = await rows(
      tx,
      `insert into code_owner_file (repository, path, dialect, text, digest) values ($1, $2, $3, $4, $5)
       on conflict (repository) do update set path = excluded.path, dialect = excluded.dialect, text = excluded.text,
         digest = excluded.digest, read_at = now()
       where (code_owner_file.digest, code_owner_file.dialect) is distinct from (excluded.digest, excluded.dialect)
       returning 1`,
      [repository, file.path, file.dialect, text, createHash('sha256').update(text).digest('hex')],
    );
    return changed.length > 0;
  }
}
