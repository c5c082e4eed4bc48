import { Injectable } from '@nestjs/common';
import { uuidv7, type NewRoleBinding, type Page, type RoleBinding, type RoleBindingQuery, type RoleName } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Tx } from '@throughline/service';
import type { Grant, Reach } from './grants.ts';
import { rightsOf } from './roles.ts';

/** A role binding, as far as rights go. */
export interface Bound {
  readonly role: string;
  readonly team: string | null;
  readonly application: string | null;
}

interface BindingRow extends Bound {
  readonly id: string;
  readonly role: RoleName;
  readonly person: string;
  readonly person_name: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
}

const select = `select role_binding.*, person.name as person_name from role_binding join person on person.id = role_binding.person`;

const within = (teams: string): string => `(${teams}::text[] is null or team = any (${teams}))`;
const teamsOf = (reach: Reach): readonly string[] | null => (reach === '*' ? null : reach);

/** Who has which role, and where. */
@Injectable()
export class RoleBindings {
  constructor(private readonly database: Database) {}

  /** The bindings of a person that count now. */
  active(person: string, now: Date): Promise<Bound[]> {
    return this.database.rows<Bound>(
      'select role, team, application from role_binding where person = $1 and (expires_at is null or expires_at > $2)',
      [person, now],
    );
  }

  async applicationsByTeam(teams: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (teams.length === 0) return new Map();
    const found = await this.database.rows<{ team: string; names: string[] }>(
      'select team, (array_agg(name order by name))[1:1000] as names from application where team = any ($1::text[]) group by team',
      [[...new Set(teams)]],
    );
    return new Map(found.map(({ team, names }) => [team, names]));
  }

  grants(bindings: readonly Bound[], applications: ReadonlyMap<string, readonly string[]>): Grant[] {
    return bindings.map(({ role, team, application }) => ({
      rights: rightsOf(role),
      applications: application !== null ? [application] : team !== null ? (applications.get(team) ?? []) : '*',
      teams: application !== null ? [] : team !== null ? [team] : '*',
    }));
  }

  /** What a binding would allow. */
  async grantOf(asked: Pick<NewRoleBinding, 'role' | 'team' | 'application'>): Promise<Grant> {
    const bound = { role: asked.role, team: asked.team ?? null, application: asked.application ?? null };
    return this.grants([bound], await this.applicationsByTeam(bound.team === null ? [] : [bound.team]))[0]!;
  }

  async page({ limit = defaultLimit, cursor, person, role, team }: RoleBindingQuery, reach: Reach): Promise<Page<RoleBinding>> {
    const after = decodeCursor(cursor, 1);
    const found = await this.database.rows<BindingRow>(
      `${select} where ($1::text is null or person.id::text = $1) and ($2::text is null or role = $2) and ($3::text is null or team = $3)
         and ($4::text is null or role_binding.id::text < $4) and ${within('$5')}
       order by role_binding.id desc limit $6`,
      [person ?? null, role ?? null, team ?? null, after?.[0] ?? null, teamsOf(reach), limit + 1],
    );
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { items: page.items.map(shownBinding), next: page.next };
  }

  async one(id: string, reach: Reach = '*'): Promise<RoleBinding> {
    const [found] = await this.database.rows<BindingRow>(`${select} where role_binding.id = $1 and ${within('$2')}`, [id, teamsOf(reach)]);
    if (!found) throw new Problem(404, 'not_found', 'there is no such role binding');
    return shownBinding(found);
  }

  /** The bindings of some people, as far as they are within reach, by person. */
  async ofPeople(people: readonly string[], reach: Reach): Promise<ReadonlyMap<string, readonly RoleBinding[]>> {
    const found = await this.database.rows<BindingRow>(
      `${select} where person = any ($1::uuid[]) and ${within('$2')} order by role_binding.id`,
      [people, teamsOf(reach)],
    );
    return Map.groupBy(found.map(shownBinding), ({ person }) => person);
  }

  /** Gives a role; the same one again changes its end only. */
  async give(tx: Tx, { person, role, team, application, expiresAt }: NewRoleBinding, by: string): Promise<string> {
    const [given] = await rows<{ id: string }>(
      tx,
      `insert into role_binding (id, person, role, team, application, expires_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (person, role, team, application) do update set expires_at = excluded.expires_at returning id`,
      [uuidv7(), person, role, team ?? null, application ?? null, expiresAt ?? null, by],
    );
    return given!.id;
  }
}

function shownBinding(row: BindingRow): RoleBinding {
  return {
    id: row.id,
    person: row.person,
    personName: row.person_name,
    role: row.role,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.team !== null ? { team: row.team } : {}),
    ...(row.application !== null ? { application: row.application } : {}),
    ...(row.expires_at ? { expiresAt: row.expires_at.toISOString() } : {}),
  };
}
