import { Injectable } from '@nestjs/common';
import type { OrganisationWanted } from '@throughline/contracts';
import type { ListedRepository } from '@throughline/scm';
import { Database } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { Joining } from './joining.ts';

type Wanted = Pick<OrganisationWanted, 'include' | 'exclude'>;

/** Organisations that a person connected: what their host gives us later is connected by the same words. */
@Injectable()
export class ConnectedOrganisations {
  constructor(
    private readonly database: Database,
    private readonly joining: Joining,
  ) {}

  /** The last word counts. */
  async note({ id }: KnownSource, { organisation, include, exclude }: OrganisationWanted): Promise<void> {
    const wanted: Wanted = { ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) };
    await this.database.rows(
      `insert into connected_organisation (source_id, organisation, wanted) select id, lower($2), $3 from source where id = $1
       on conflict (source_id, organisation) do update set wanted = excluded.wanted`,
      [id, organisation, JSON.stringify(wanted)],
    );
  }

  /** Connects what is new of an organisation, where a person wanted it; answers how many that were. */
  async follow(source: KnownSource, organisation: string, listed: readonly ListedRepository[]): Promise<number> {
    const sql = 'select wanted from connected_organisation where source_id = $1 and organisation = lower($2)';
    const [row] = await this.database.rows<{ wanted: string }>(sql, [source.id, organisation]);
    if (!row || source.baseUrl === undefined) return 0;
    const wanted = JSON.parse(row.wanted) as Wanted;
    return (await this.joining.take({ ...source, baseUrl: source.baseUrl }, listed, wanted, false)).connected;
  }
}
