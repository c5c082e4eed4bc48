import { Injectable } from '@nestjs/common';
import type { MoveWeighed, NewRepository } from '@throughline/contracts';
import { Database, InternalClient, Problem, rows, sees, type Identity, type Tx } from '@throughline/service';
import type { RepositoryRow } from './repository-register.ts';

/** What is known of a repository that is not watched. */
interface Standing {
  /** The application that lists it. */
  readonly listed: string | null;
  /** Of which it was when it was taken away. */
  readonly former: string | null;
}

const standing = `
  select (select application from application_repository where repository = $1) as listed,
    (select application from former_application where repository = $1) as former`;

/**
 * Between applications that tolerate more and less a repository is moved by two persons: nobody gets around that by registering it
 * anew, also not after taking it away.
 */
@Injectable()
export class RepositoryMoves {
  constructor(
    private readonly database: Database,
    private readonly internal: InternalClient,
  ) {}

  /** Of a repository that is watched. Throws `Problem` 409 when a list says whose it is, or when more would be tolerated than before. */
  async refuseMove({ repository, application: from, listed }: RepositoryRow, wanted: NewRepository, caller: Identity): Promise<undefined> {
    const to = wanted.application ?? from;
    if (to === from || from === 'unassigned' || !sees(caller, from)) return undefined;
    if (listed) throw taken(repository, from);
    await this.refuseWeaker(from, to, caller);
    return undefined;
  }

  /** Of one that is not watched, and may have been. Answers what was looked at, for `settle`. Throws `Problem` 409. */
  async refuseReturn(repository: string, wanted: NewRepository, caller: Identity): Promise<Standing> {
    const [found] = await this.database.rows<Standing>(standing, [repository]);
    const { listed, former } = found!;
    const to = wanted.application ?? listed ?? 'unassigned';
    if (listed !== null && to !== listed) throw taken(repository, sees(caller, listed) ? listed : undefined);
    if (former !== null && former !== to) await this.refuseWeaker(former, to, caller);
    return found!;
  }

  /** Looks again at one that is watched, once its row is locked. Throws `Problem` 409 when it is not where `refuseMove` found it. */
  confirm({ repository, application, listed }: RepositoryRow, wanted: NewRepository, from: string | undefined): void {
    if (wanted.application === undefined || wanted.application === application) return;
    if (listed) throw taken(repository, application);
    if (application !== (from ?? application)) throw movedMeanwhile();
  }

  /** Forgets of which application it was, in the transaction that registers it. Throws `Problem` 409 when that changed since the look. */
  async settle(tx: Tx, repository: string, looked: Standing | undefined): Promise<void> {
    const [now] = await rows<Standing>(tx, standing, [repository]);
    if (now!.listed !== (looked?.listed ?? null) || now!.former !== (looked?.former ?? null)) throw movedMeanwhile();
    await rows(tx, 'delete from former_application where repository = $1', [repository]);
  }

  /** Remembers of which application one is that is taken away; of the demo nothing stays. */
  async remember(tx: Tx, { repository, application, demo }: RepositoryRow): Promise<void> {
    if (demo || application === 'unassigned') return;
    await rows(
      tx,
      `insert into former_application (repository, application) values ($1, $2)
       on conflict (repository) do update set application = excluded.application`,
      [repository, application],
    );
  }

  private async refuseWeaker(from: string, to: string, caller: Identity): Promise<void> {
    const { weakens } = await this.internal.call<MoveWeighed>('policy-engine', {
      method: 'GET',
      path: '/internal/applications/move',
      query: { from, to },
    });
    if (weakens.length === 0) return;
    if (!sees(caller, from))
      throw new Problem(409, 'second_person_required', `${to} tolerates more risk than the application that this repository was of`);
    const way =
      to === 'unassigned'
        ? ''
        : `: list it in ${to} (PUT /api/v1/applications/${to}) while it is of ${from}, which a second person approves`;
    throw new Problem(409, 'second_person_required', `${to} tolerates more risk than ${from} (${weakens.join(', ')})${way}`);
  }
}

function movedMeanwhile(): Problem {
  return new Problem(409, 'conflict', 'somebody else has just moved this repository: look at it again');
}

/** What a list of an application names stays there: a person's word stands only for what no list names. */
function taken(repository: string, application: string | undefined): Problem {
  const where = application === undefined ? '' : ` (PUT /api/v1/applications/${application})`;
  return new Problem(409, 'taken', `${application ?? 'another application'} lists ${repository}: take it out there first${where}`);
}
