import { Injectable } from '@nestjs/common';
import type { ApplicationChanged, NewTeam, Page, PageQuery, Team } from '@throughline/contracts';
import { envelopeOf } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Tx } from '@throughline/service';
import type { GatewayCaller } from './gateway-caller.ts';

interface TeamRow {
  readonly name: string;
  readonly description: string | null;
  readonly applications: string[];
}

const select = `
  select named.name, team.description, coalesce(array_agg(application.name order by application.name) filter (where application.name is not null), '{}') as applications
  from (select name from team union select team from application) named
  left join team on team.name = named.name
  left join application on application.team = named.name`;

/** Teams, and which applications are theirs: what a token of a team may see. */
@Injectable()
export class Teams {
  constructor(private readonly database: Database) {}

  async page(caller: GatewayCaller, { limit = defaultLimit, cursor }: PageQuery): Promise<Page<Team>> {
    const after = decodeCursor(cursor, 1);
    const found = await this.database.rows<TeamRow>(
      `${select} where ($1::text[] is null or named.name = any ($1)) and ($2::text is null or named.name > $2)
       group by named.name, team.description order by named.name limit $3`,
      [caller.teams === '*' ? null : caller.teams, after?.[0] ?? null, limit + 1],
    );
    const page = pageOf(found, limit, ({ name }) => [name]);
    return { items: page.items.map(shown), next: page.next };
  }

  async one(caller: GatewayCaller, name: string): Promise<Team> {
    const [found] = await this.database.rows<TeamRow>(`${select} where named.name = $1 group by named.name, team.description`, [name]);
    if (!found || (caller.teams !== '*' && !caller.teams.includes(name))) throw new Problem(404, 'not_found', `there is no team ${name}`);
    return shown(found);
  }

  async make({ name, description }: NewTeam): Promise<Team> {
    const made = await this.database.rows('insert into team (name, description) values ($1, $2) on conflict do nothing returning name', [
      name,
      description ?? null,
    ]);
    if (made.length === 0) throw new Problem(409, 'conflict', `there is a team ${name} already`);
    const [found] = await this.database.rows<TeamRow>(`${select} where named.name = $1 group by named.name, team.description`, [name]);
    return shown(found!);
  }

  /** Keeps what the owner of applications last said; an older revision changes nothing. */
  async keep(tx: Tx, changes: readonly ApplicationChanged[]): Promise<void> {
    for (const change of changes) {
      await rows(
        tx,
        `insert into application (name, team, repositories, revision) values ($1, $2, $3, $4)
         on conflict (name) do update set team = excluded.team, repositories = excluded.repositories, revision = excluded.revision
         where application.revision <= excluded.revision`,
        [change.name, change.team, change.repositories, envelopeOf(change).sequence ?? 0],
      );
    }
  }

  async drop(tx: Tx, application: string): Promise<void> {
    await rows(tx, 'delete from application where name = $1', [application]);
  }
}

function shown({ name, description, applications }: TeamRow): Team {
  return { name, applications, ...(description ? { description } : {}) };
}
