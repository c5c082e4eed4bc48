import { Injectable } from '@nestjs/common';
import type { FixSettings, FixSettingsChange, Page, PageQuery } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, sees, visibleTo, type Identity } from '@throughline/service';

interface SettingsRow {
  readonly application: string;
  readonly branches: boolean;
  readonly per_hour: number;
  readonly cooldown_minutes: number;
}

const standard = { branches: false, perHour: 10, cooldownMinutes: 60 };

/** Which applications let approved fixes be pushed. Nothing is pushed by default. */
@Injectable()
export class FixSettingsOf {
  constructor(private readonly database: Database) {}

  async application(application: string): Promise<FixSettings> {
    const [row] = await this.database.rows<SettingsRow>('select * from fix_settings where application = $1', [application]);
    return row ? shown(row) : { application, ...standard };
  }

  /** Those that differ from the standard. */
  async list(caller: Identity, { cursor, limit }: PageQuery): Promise<Page<FixSettings>> {
    const params: unknown[] = [decodeCursor(cursor, 1)?.[0] ?? '', (limit ?? defaultLimit) + 1];
    const sql = `select * from fix_settings where application > $1 and ${visibleTo(caller, params)} order by application limit $2`;
    const page = pageOf(await this.database.rows<SettingsRow>(sql, params), limit, (row) => [row.application]);
    return { ...page, items: page.items.map(shown) };
  }

  /** Throws `Problem` 404 for an application that the caller may not see. */
  async change(caller: Identity, application: string, change: FixSettingsChange): Promise<FixSettings> {
    if (!sees(caller, application)) throw new Problem(404, 'not_found', `there is no application ${application.slice(0, 100)}`);
    const now = await this.application(application);
    const next = { ...now, ...change };
    await this.database.rows(
      `insert into fix_settings (application, branches, per_hour, cooldown_minutes) values ($1, $2, $3, $4)
       on conflict (application) do update set branches = excluded.branches, per_hour = excluded.per_hour,
         cooldown_minutes = excluded.cooldown_minutes`,
      [application, next.branches, next.perHour, next.cooldownMinutes],
    );
    return this.application(application);
  }
}

function shown({ application, branches, per_hour, cooldown_minutes }: SettingsRow): FixSettings {
  return { application, branches, perHour: per_hour, cooldownMinutes: cooldown_minutes };
}
