import { Injectable } from '@nestjs/common';
import { uuidv7, type NewPerson, type Page, type PeopleQuery, type Person, type PersonChange } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Tx } from '@throughline/service';
import type { Reach } from './grants.ts';
import { RoleBindings } from './role-bindings.ts';

interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly revision: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly disabled_at: Date | null;
  readonly last_used_at: Date | null;
}

const select = `select person.*, (select max(last_used_at) from token where token.person = person.id) as last_used_at from person`;

const within = (teams: string): string =>
  `(${teams}::text[] is null or exists (select 1 from role_binding where person = person.id and team = any (${teams})))`;

/** People with an account. None is ever deleted: the audit log names them. */
@Injectable()
export class People {
  constructor(
    private readonly database: Database,
    private readonly bindings: RoleBindings,
  ) {}

  /** Of the people with a role in teams within reach. */
  async page({ limit = defaultLimit, cursor, team, role, q, disabled }: PeopleQuery, reach: Reach): Promise<Page<Person>> {
    const after = decodeCursor(cursor, 1);
    const found = await this.database.rows<PersonRow>(
      `${select} where ($1::text is null or lower(name) > $1)
         and ($2::text is null or exists (select 1 from role_binding where person = person.id and team = $2))
         and ($3::text is null or exists (select 1 from role_binding where person = person.id and role = $3))
         and ($4::text is null or position(lower($4) in lower(name || ' ' || coalesce(email, ''))) > 0)
         and ($5::boolean is null or (disabled_at is not null) = $5) and ${within('$6')}
       order by lower(name) limit $7`,
      [after?.[0] ?? null, team ?? null, role ?? null, q ?? null, disabled ?? null, reach === '*' ? null : reach, limit + 1],
    );
    const page = pageOf(found, limit, ({ name }) => [name.toLowerCase()]);
    return { items: await this.shown(page.items, reach), next: page.next };
  }

  /** With the revision, which is the entity tag. Throws `Problem` 404. */
  async one(id: string, reach: Reach = '*'): Promise<{ readonly person: Person; readonly revision: number }> {
    const [found] = await this.database.rows<PersonRow>(`${select} where id::text = $1 and ${within('$2')}`, [
      id.toLowerCase(),
      reach === '*' ? null : reach,
    ]);
    if (!found) throw new Problem(404, 'not_found', 'there is no such person');
    return { person: (await this.shown([found], reach))[0]!, revision: found.revision };
  }

  /** Throws `Problem` 409 for a name that is taken, 422 for a team that nobody made. */
  async insert(tx: Tx, { name, email, role, teams }: NewPerson, by: string): Promise<string> {
    const id = uuidv7();
    const made = await rows(
      tx,
      'insert into person (id, name, email, created_by) values ($1, $2, $3, $4) on conflict do nothing returning id',
      [id, name, email ?? null, by],
    );
    if (made.length === 0) throw nameTaken(name);
    await refuseUnknownTeams(tx, teams ?? [], '/teams');
    for (const team of teams?.length ? teams : [undefined]) await this.bindings.give(tx, { person: id, role, team }, by);
    return id;
  }

  /** Changes the revision that the caller has seen; throws `Problem` 404, 409, 412. */
  async change(tx: Tx, id: string, { name, email, disabled }: PersonChange, revision: number | '*'): Promise<void> {
    const [known] = await rows<PersonRow>(tx, 'select * from person where id::text = $1 for update', [id.toLowerCase()]);
    if (!known) throw new Problem(404, 'not_found', 'there is no such person');
    if (revision !== '*' && revision !== known.revision)
      throw new Problem(412, 'changed_meanwhile', `${known.name} was changed after you read it: read it again`);
    if (name !== undefined && name.toLowerCase() !== known.name.toLowerCase()) {
      const other = await rows(tx, 'select 1 from person where lower(name) = lower($1)', [name]);
      if (other.length > 0) throw nameTaken(name);
    }
    await rows(
      tx,
      `update person set name = coalesce($2, name), email = coalesce($3, email), revision = revision + 1,
         disabled_at = case when $4::boolean is null then disabled_at when $4 then coalesce(disabled_at, now()) end
       where id = $1`,
      [known.id, name ?? null, email ?? null, disabled ?? null],
    );
    if (disabled) await endTokens(tx, known.id);
  }

  private async shown(found: readonly PersonRow[], reach: Reach): Promise<Person[]> {
    const bindings = await this.bindings.ofPeople(
      found.map(({ id }) => id),
      reach,
    );
    return found.map((row) => {
      const own = [...(bindings.get(row.id) ?? [])];
      return {
        id: row.id,
        name: row.name,
        teams: [...new Set(own.flatMap(({ team }) => team ?? []))].sort(),
        roles: own,
        disabled: row.disabled_at !== null,
        createdAt: row.created_at.toISOString(),
        createdBy: row.created_by,
        ...(row.email ? { email: row.email } : {}),
        ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
      };
    });
  }
}

/** Throws `Problem` 422 for teams that nobody made: nobody could be in them, and a typing error would go unseen. */
export async function refuseUnknownTeams(tx: Tx, teams: readonly string[], pointer: string): Promise<void> {
  const known = await rows<{ name: string }>(tx, 'select name from team union select team from application', []);
  const unknown = teams.filter((team) => !known.some(({ name }) => name === team));
  if (unknown.length === 0) return;
  const detail = `there is no team ${unknown.join(', ')}: make it first with POST /api/v1/teams`;
  throw new Problem(422, 'unknown_team', detail, [{ pointer, detail }]);
}

/** Personal tokens die with the account, and do not come back with it. */
async function endTokens(tx: Tx, person: string): Promise<void> {
  await rows(tx, `update token set ended_at = now(), ended_because = 'the account was disabled' where person = $1 and ended_at is null`, [
    person,
  ]);
}

function nameTaken(name: string): Problem {
  return new Problem(409, 'conflict', `there is somebody named ${name} already`);
}
