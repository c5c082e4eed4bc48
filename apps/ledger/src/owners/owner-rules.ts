import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import { given } from '../bulk.ts';
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
/** A list of owners of a table of given values. */
export const ownersGiven = String.raw`string_to_array(given.code_owners, E'\n')`;

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

  /** Says of findings that are known whose they are. */
  async apply(tx: Tx, repository: string, found: readonly { readonly number: string; readonly path: string | null }[]): Promise<void> {
    const owners = await this.of(tx, repository);
    const table = given(found, {
      number: { type: 'bigint', of: ({ number }) => number },
      code_owners: { type: 'text', of: ({ path }) => ownersText(owners, path ?? undefined) },
    });
    await rows(
      tx,
      `update finding f set code_owners = ${ownersGiven} from ${table.sql}
       where f.number = given.number and f.code_owners is distinct from ${ownersGiven}`,
      table.params,
    );
  }

  /** False when it is the one that is known. */
  async keep(tx: Tx, repository: string, file: OwnerFile | undefined): Promise<boolean> {
    if (!file) return (await rows(tx, 'delete from code_owner_file where repository = $1 returning 1', [repository])).length > 0;
    const text = file.text.replaceAll('\0', '');
    const changed = await rows(
      tx,
      `insert into code_owner_file (repository, path, dialect, text, digest) values ($1, $2, $3, $4, $5)
       on conflict (repository) do update set path = excluded.path, dialect = excluded.dialect, text = excluded.text,
         digest = excluded.digest
       where (code_owner_file.digest, code_owner_file.dialect) is distinct from (excluded.digest, excluded.dialect)
       returning 1`,
      [repository, file.path, file.dialect, text, createHash('sha256').update(text).digest('hex')],
    );
    return changed.length > 0;
  }
}

/** As a column takes it: one a line; undefined where no line speaks about the path. */
export function ownersText(owners: CodeOwners | undefined, path: string | undefined): string | undefined {
  if (!owners || path === undefined) return undefined;
  return owners.ownersOf(path)?.join('\n');
}
