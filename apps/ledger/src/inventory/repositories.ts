import { Injectable } from '@nestjs/common';
import type { ApplicationChanged, RepositoryChanged } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { keptDeadlines, type KeptDeadlines } from '../deadlines/application-deadlines.ts';

/** Application of a repository that belongs to none. */
export const unassigned = 'unassigned';

/** What the ledger must know about who owns a repository and how much hangs on it. */
export interface Ownership {
  readonly application: string;
  readonly team?: string;
  readonly tier?: 'tier-1' | 'tier-2' | 'tier-3';
  readonly exposure: 'internet' | 'internal' | 'unknown';
  readonly deadlines?: KeptDeadlines | null;
  /** Only the demo's advisories speak about it, and they about nothing else. */
  readonly demo: boolean;
}

/** What a registration changed that findings hang on. */
export interface Registered {
  /** It belongs to another application. */
  readonly moved: boolean;
  /** Other advisories speak about it. */
  readonly otherAdvisories: boolean;
}

/** Repositories and applications, as their owners tell about them. */
@Injectable()
export class Repositories {
  async ownershipOf(tx: Tx, repository: string): Promise<Ownership> {
    const [known] = await rows<Ownership>(
      tx,
      `select r.application, a.team, a.tier, coalesce(a.exposure, 'unknown') as exposure, a.deadlines, r.demo
       from repository r left join application a on a.name = r.application where r.id = $1`,
      [repository],
    );
    return known ?? { application: unassigned, exposure: 'unknown', demo: false };
  }

  async registered(tx: Tx, fact: RepositoryChanged): Promise<Registered> {
    const before = await this.ownershipOf(tx, fact.repository);
    await rows(
      tx,
      `insert into repository (id, name, registered_application, removed_at, demo) values ($1, $2, $3, case when $4 then now() end, $5)
       on conflict (id) do update set name = excluded.name, registered_application = excluded.registered_application,
         removed_at = excluded.removed_at, demo = excluded.demo`,
      [fact.repository, fact.name, fact.application, fact.action === 'removed', fact.demo === true],
    );
    const after = await this.ownershipOf(tx, fact.repository);
    return { moved: after.application !== before.application, otherAdvisories: after.demo !== before.demo };
  }

  /** Takes over the whole state of an application and answers its repositories, those it lost included. */
  async assigned(tx: Tx, fact: ApplicationChanged): Promise<readonly string[]> {
    await rows(
      tx,
      `insert into application (name, team, tier, exposure, owners, deadlines) values ($1, $2, $3, $4, $5, $6)
       on conflict (name) do update
       set team = excluded.team, tier = excluded.tier, exposure = excluded.exposure, owners = excluded.owners, deadlines = excluded.deadlines`,
      [fact.name, fact.team, fact.tier, fact.exposure, fact.owners, fact.deadlines && keptDeadlines(fact.deadlines)],
    );
    await rows(tx, 'insert into repository (id) select * from unnest($1::text[]) order by 1 on conflict do nothing', [fact.repositories]);
    const lost = await rows<{ id: string }>(
      tx,
      'update repository set assigned_application = null where assigned_application = $1 and id <> all($2::text[]) returning id',
      [fact.name, fact.repositories],
    );
    await rows(tx, 'update repository set assigned_application = $1 where id = any($2::text[])', [fact.name, fact.repositories]);
    const kept = await rows<{ id: string }>(tx, 'select id from repository where application = $1', [fact.name]);
    return [...lost, ...kept].map(({ id }) => id);
  }

  /** Forgets an application and answers its repositories; what stood only in its list and was removed before is nothing any more. */
  async orphaned(tx: Tx, application: string): Promise<readonly string[]> {
    await rows(tx, 'delete from application where name = $1', [application]);
    const lost = await rows<{ id: string }>(
      tx,
      'update repository set assigned_application = null where assigned_application = $1 returning id',
      [application],
    );
    const nothing = 'id = any($1::text[]) and name is null and id in (select repository from removed_repository)';
    const gone = await rows<{ id: string }>(tx, `delete from repository where ${nothing} returning id`, [lost.map(({ id }) => id)]);
    const names = new Set(gone.map(({ id }) => id));
    return lost.map(({ id }) => id).filter((id) => !names.has(id));
  }
}
