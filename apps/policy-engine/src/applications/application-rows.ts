import { Injectable } from '@nestjs/common';
import { rows, visibleTo, type Identity, type Tx } from '@throughline/service';
import type { ApplicationState } from './application-state.ts';

/** An application as it is kept. */
export interface ApplicationRow {
  readonly name: string;
  readonly version: number;
  readonly state: ApplicationState;
  readonly updatedAt: Date;
  /** It is the demo's: made and removed with it, and changed by nobody. */
  readonly demo: boolean;
}

interface Row extends Omit<ApplicationRow, 'state'> {
  readonly document: string;
}

/** A repository that belongs to an application. */
export interface Taken {
  readonly repository: string;
  readonly application: string;
}

/** That a list named it once, and does no more, is told a moment later: then its registration says nothing yet. */
const registered = `
  select known.id as repository, known.application from repository known join application on application.name = known.application
  where known.id = any($1::text[]) and known.application <> $2 and not known.removed
    and not exists (select 1 from application_repository listed where listed.repository = known.id)
    and not exists (select 1 from application_version former
      where former.name = known.application and strpos(former.document, to_json(known.id)::text) > 0)
  order by known.id`;

const columns = 'name, version, document, updated_at as "updatedAt", demo';

@Injectable()
export class ApplicationRows {
  /** Changes of applications happen one after the other: a repository may move from one to another. */
  async lock(tx: Tx): Promise<void> {
    await rows(tx, "select pg_advisory_xact_lock(hashtextextended('policy-engine applications', 0))");
  }

  async find(tx: Tx, name: string): Promise<ApplicationRow | undefined> {
    const [row] = await rows<Row>(tx, `select ${columns} from application where name = $1`, [name]);
    return row && withState(row);
  }

  async page(tx: Tx, caller: Identity, after: string, limit: number): Promise<readonly ApplicationRow[]> {
    const params: unknown[] = [after, limit];
    const found = await rows<Row>(
      tx,
      `select ${columns} from application where name > $1 and ${visibleTo(caller, params)} order by name limit $2`,
      params,
    );
    return found.map(withState);
  }

  async save(tx: Tx, name: string, state: ApplicationState, by: string): Promise<ApplicationRow> {
    const document = JSON.stringify(state);
    const [row] = await rows<Row>(
      tx,
      `insert into application (name, version, document, updated_by) values ($1, 1, $2, $3)
       on conflict (name) do update set version = application.version + 1, document = excluded.document,
         updated_by = excluded.updated_by, updated_at = clock_timestamp()
       returning ${columns}`,
      [name, document, by],
    );
    await rows(tx, 'insert into application_version (name, version, document, updated_by) values ($1, $2, $3, $4)', [
      name,
      row!.version,
      document,
      by,
    ]);
    await rows(tx, 'delete from application_repository where application = $1 and repository <> all($2::text[])', [
      name,
      state.repositories,
    ]);
    await rows(
      tx,
      'insert into application_repository (repository, application) select repository, $2 from unnest($1::text[]) as given (repository) on conflict do nothing',
      [state.repositories, name],
    );
    return withState(row!);
  }

  /** Of the given repositories those that belong to another application, with its name. */
  async takenBy(tx: Tx, name: string, repositories: readonly string[]): Promise<readonly Taken[]> {
    return rows(tx, 'select repository, application from application_repository where repository = any($1::text[]) and application <> $2', [
      repositories,
      name,
    ]);
  }

  /** Those that no list names, and that a person registered for another application. */
  async registeredFor(tx: Tx, name: string, repositories: readonly string[]): Promise<readonly Taken[]> {
    return rows(tx, registered, [repositories, name]);
  }

  /** The application that a repository belongs to: the one that lists it, else the one it was registered for. */
  async ofRepository(tx: Tx, repository: string): Promise<string> {
    const [row] = await rows<{ application: string }>(
      tx,
      `select coalesce((select application from application_repository where repository = $1),
         (select application from repository where id = $1), 'unassigned') as application`,
      [repository],
    );
    return row!.application;
  }
}

function withState({ document, ...row }: Row): ApplicationRow {
  return { ...row, state: JSON.parse(document) as ApplicationState };
}
