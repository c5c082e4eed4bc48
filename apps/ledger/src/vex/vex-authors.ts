import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Page, VexAuthor, VexTrust } from '@throughline/contracts';
import { Database, isSamePerson, Problem, rows, type Identity, type Tx } from '@throughline/service';
import { VexRows } from './vex-rows.ts';
import { everywhere, scopeOf } from './vex-scope.ts';
import { VexTriages } from './vex-triages.ts';

interface AuthorRow {
  readonly name: string;
  readonly identity: string | null;
  readonly products: string[] | null;
  readonly approvedBy: string | null;
  readonly wantedIdentity: string | null;
  readonly wantedProducts: string[] | null;
  readonly requester: string | null;
  readonly requesterAddress: string | null;
  readonly requesterName: string | null;
  readonly requestedAt: Date | null;
}

const mostAuthors = 500;
const selected = `select name, identity, products, approved_by as "approvedBy", wanted_identity as "wantedIdentity", wanted_products as "wantedProducts",
  requester, requester_address as "requesterAddress", requester_name as "requesterName", requested_at as "requestedAt" from vex_author`;

/** Who is trusted to say what is not affected: more of it takes two people, less of it one. */
@Injectable()
export class VexAuthors {
  constructor(
    private readonly database: Database,
    private readonly table: VexRows,
    private readonly triages: VexTriages,
  ) {}

  async list(): Promise<Page<VexAuthor>> {
    return { items: (await this.database.rows<AuthorRow>(`${selected} order by name`)).map(answerOf), next: null };
  }

  /** Throws `Problem` 400 for what names no product, 403 for who may not ask, and 409 when there are too many. */
  async request(name: string, { identity, products }: VexTrust, caller: Identity): Promise<VexAuthor> {
    const person = personOf(caller);
    const scopes = products.map((product, index) => checked(product, index));
    return this.database.transaction(async (tx) => {
      const [{ count }] = (await rows<{ count: number }>(tx, 'select count(*)::int as count from vex_author where name <> $1', [name])) as [
        { count: number },
      ];
      if (count >= mostAuthors) throw new Problem(409, 'too_many', `there are ${mostAuthors} authors: take one away first`);
      await rows(
        tx,
        `insert into vex_author (name, wanted_identity, wanted_products, requester, requester_address, requester_name, requested_at)
         values ($1, $2, $3, $4, $5, $6, now())
         on conflict (name) do update set wanted_identity = $2, wanted_products = $3, requester = $4, requester_address = $5, requester_name = $6, requested_at = now()`,
        [name, identity, [...new Set(scopes)].sort(), person.id, person.email?.toLowerCase() ?? null, person.name],
      );
      return answerOf(await this.find(tx, name));
    });
  }

  /** Throws `Problem` 403 for the one who asked, 404, 409 when nothing waits, and 412 for another digest. */
  async approve(name: string, digest: string, caller: Identity): Promise<VexAuthor> {
    const person = personOf(caller);
    return this.database.transaction(async (tx) => {
      const author = await this.find(tx, name);
      if (author.wantedIdentity === null) throw new Problem(409, 'decided', 'nothing waits for an approval');
      if (isSamePerson(person, author.requester!, author.requesterAddress))
        throw new Problem(403, 'own_request', 'you asked for this: somebody else has to approve it');
      if (digestOf(author) !== digest) throw new Problem(412, 'changed', 'this is not what you have read: read it again');
      const before = await this.namesOf(tx, author.identity);
      await rows(
        tx,
        `update vex_author set identity = wanted_identity, products = wanted_products, approved_by = $2, wanted_identity = null,
           wanted_products = null, requester = null, requester_address = null, requester_name = null, requested_at = null where name = $1`,
        [name, person.name],
      );
      await this.triages.said(tx, [...new Set([...before, ...(await this.namesOf(tx, author.wantedIdentity))])]);
      return answerOf(await this.find(tx, name));
    });
  }

  /** What rested on its word alone is open again. */
  async remove(name: string, caller: Identity): Promise<void> {
    everywhere(caller, 'whom to trust');
    await this.database.transaction(async (tx) => {
      const author = await this.find(tx, name);
      const names = await this.namesOf(tx, author.identity);
      await rows(tx, 'delete from vex_author where name = $1', [name]);
      await this.triages.said(tx, names);
    });
  }

  private async find(tx: Tx, name: string): Promise<AuthorRow> {
    const [author] = await rows<AuthorRow>(tx, `${selected} where name = $1 for update`, [name]);
    if (!author) throw new Problem(404, 'not_found', 'there is no such author');
    return author;
  }

  private async namesOf(tx: Tx, identity: string | null): Promise<readonly string[]> {
    return identity === null ? [] : this.table.namesIn(tx, { identity });
  }
}

function answerOf(row: AuthorRow): VexAuthor {
  const { name, identity, products, approvedBy, wantedIdentity, wantedProducts, requesterName, requestedAt } = row;
  return {
    name,
    ...(identity !== null && { trusted: { identity, products: products ?? [] }, approvedBy: approvedBy ?? '' }),
    ...(wantedIdentity !== null && {
      requested: { identity: wantedIdentity, products: wantedProducts ?? [], by: requesterName!, at: requestedAt!.toISOString() },
      digest: digestOf(row),
    }),
  };
}

function digestOf({ name, wantedIdentity, wantedProducts }: AuthorRow): string {
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([name, wantedIdentity, wantedProducts]))
    .digest('hex')}`;
}

function checked(product: string, index: number): string {
  const scope = scopeOf(product);
  if (scope !== undefined) return scope;
  throw new Problem(400, 'invalid', 'this names no product', [
    {
      pointer: `/products/${index}`,
      detail: 'give a package URL without version, the address of a repository, or image:name; /* at the end for all below',
    },
  ]);
}

function personOf(caller: Identity): NonNullable<Identity['person']> {
  everywhere(caller, 'whom to trust');
  if (caller.person) return caller.person;
  throw new Problem(403, 'not_a_person', 'whom to trust is for people to say, and a token that is nobody’s is none: sign in as a person');
}
