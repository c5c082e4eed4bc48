import { Injectable } from '@nestjs/common';
import { uuidv7, type LinkedAccount, type LinkedAccountQuery, type LinkProof, type Page } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Person, type Tx } from '@throughline/service';
import type { Reach } from '../access/grants.ts';

/** An account at a host, as the source told it. */
export interface HostAccount {
  readonly source: string;
  readonly account: string;
  readonly login: string;
}

/** The person behind an account. */
export interface LinkedPerson extends Person {
  readonly link: string;
  readonly disabled: boolean;
}

/** Who acts, for the audit log, when somebody came in by a linked account. */
export function actorByLink({ id, name }: Pick<Person, 'id' | 'name'>, link: string) {
  return { actor: id, actorName: name, via: 'token', token: `link:${link}` } as const;
}

interface LinkRow extends HostAccount {
  readonly id: string;
  readonly person: string;
  readonly person_name: string;
  readonly proof: LinkProof;
  readonly created_at: Date;
  readonly created_by: string;
}

const select = 'select linked_account.*, person.name as person_name from linked_account join person on person.id = linked_account.person';

/** One's own, and those of the people within reach. */
const visible = (self: string, teams: string): string =>
  `(person.id = ${self}::uuid or ${teams}::text[] is null
    or exists (select 1 from role_binding where role_binding.person = person.id and team = any (${teams}::text[])))`;

/** Whose links somebody may see, beside their own. */
export interface LinkReach {
  readonly self: string | undefined;
  readonly teams: Reach;
}

/** Which account at which source is whose. */
@Injectable()
export class LinkedAccounts {
  constructor(private readonly database: Database) {}

  async page({ limit = defaultLimit, cursor, person, source }: LinkedAccountQuery, reach: LinkReach): Promise<Page<LinkedAccount>> {
    const after = decodeCursor(cursor, 1);
    const found = await this.database.rows<LinkRow>(
      `${select} where ($1::text is null or linked_account.id::text < $1) and ($2::text is null or person.id::text = $2)
         and ($3::text is null or source = $3) and ${visible('$4', '$5')} order by linked_account.id desc limit $6`,
      [after?.[0] ?? null, person ?? null, source ?? null, ...seenBy(reach), limit + 1],
    );
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { items: page.items.map(shown), next: page.next };
  }

  /** Throws `Problem` 404. */
  async one(id: string, reach: LinkReach): Promise<LinkedAccount> {
    const sql = `${select} where linked_account.id::text = $1 and ${visible('$2', '$3')}`;
    const [found] = await this.database.rows<LinkRow>(sql, [id.toLowerCase(), ...seenBy(reach)]);
    if (!found) throw new Problem(404, 'not_found', 'there is no such linked account');
    return shown(found);
  }

  /** Throws `Problem` 409 for an account that is somebody else's: it is taken from nobody by linking it again. */
  async link(tx: Tx, { source, account, login }: HostAccount, person: string, how: { proof: LinkProof; by: string }): Promise<string> {
    await rows(
      tx,
      `insert into linked_account (id, source, account, login, person, proof, created_by) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (source, account) do nothing`,
      [uuidv7(), source, account, login, person, how.proof, how.by],
    );
    const [link] = await rows<{ id: string; person: string }>(
      tx,
      'select id, person from linked_account where source = $1 and account = $2',
      [source, account],
    );
    if (link!.person !== person) throw new Problem(409, 'conflict', 'this account is linked to somebody else: remove that link first');
    return link!.id;
  }

  async unlink(id: string): Promise<void> {
    await this.database.rows('delete from linked_account where id = $1', [id]);
  }

  /** Whose account it is now. */
  async personOf({ source, account }: HostAccount): Promise<LinkedPerson | undefined> {
    const [found] = await this.database.rows<LinkedPerson>(
      `select linked_account.id as link, person.id, person.name, person.email, disabled_at is not null as disabled
       from linked_account join person on person.id = linked_account.person where source = $1 and account = $2`,
      [source, account],
    );
    return found;
  }
}

function seenBy({ self, teams }: LinkReach): [string | null, readonly string[] | null] {
  return [self ?? null, teams === '*' ? null : teams];
}

function shown({ id, source, account, login, person, person_name, proof, created_at, created_by }: LinkRow): LinkedAccount {
  const made = { createdAt: created_at.toISOString(), createdBy: created_by };
  return { id, source, account, login, person, personName: person_name, proof, ...made };
}
