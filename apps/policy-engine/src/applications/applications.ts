import { Injectable } from '@nestjs/common';
import { ApplicationChanged, make, type ApplicationDocument } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { canonicalJson, loosens, unassigned, type Stance } from '@throughline/policy';
import { Database, Problem, requireMatch, sees, type Fault, type Identity, type Tx } from '@throughline/service';
import { ChangeRequests } from '../changes/change-requests.ts';
import type { ChangeRow } from '../changes/change-rows.ts';
import { workKinds } from '../work-kinds.ts';
import { ApplicationRows, type ApplicationRow } from './application-rows.ts';
import { stanceOf, stateOf, textOfApplication, type ApplicationState } from './application-state.ts';

/** An application as it is to be. */
interface Wanted {
  readonly name: string;
  readonly state: ApplicationState;
  readonly by: string;
}

/** Takes changes of applications: who owns what, and how much risk is taken. */
@Injectable()
export class Applications {
  constructor(
    private readonly database: Database,
    private readonly table: ApplicationRows,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
    private readonly requests: ChangeRequests,
  ) {}

  async read(name: string, caller: Identity): Promise<ApplicationRow> {
    const row = await this.database.transaction((tx) => this.table.find(tx, name));
    if (!row || !sees(caller, name)) throw new Problem(404, 'not_found', `there is no application ${name}`);
    return row;
  }

  page(caller: Identity, after: string, limit: number): Promise<readonly ApplicationRow[]> {
    return this.database.transaction((tx) => this.table.page(tx, caller, after, limit));
  }

  /** What a repository that moves between applications is allowed more than before, as short texts. */
  weigh(from: string, to: string): Promise<readonly string[]> {
    return this.database.transaction(async (tx) => loosens(await this.stance(tx, from), await this.stance(tx, to)));
  }

  /** The application as it is now, or the change that waits for approval. Throws `Problem` 400, 403, 409, 412, 428. */
  async put(name: string, document: ApplicationDocument, caller: Identity, ifMatch?: string): Promise<ApplicationRow | ChangeRow> {
    if (!sees(caller, name)) throw new Problem(403, 'out_of_scope', `your token does not cover the application ${name}`);
    const state = stateOf(document);
    return this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const before = await this.table.find(tx, name);
      if (before?.demo) throw new Problem(409, 'demo', 'this application belongs to the demo: it is removed with it, and not changed');
      requireMatch(`the application ${name}`, before?.version, ifMatch);
      await this.refuseTaken(tx, name, state);
      const moved = await this.looserFor(tx, name, state, caller);
      if (before && canonicalJson(before.state) === canonicalJson(state)) return before;
      const weakens = [...(before ? looserIn(name, before.state, state) : []), ...moved];
      if (weakens.length > 0) {
        const change = { name: null, application: name, kind: 'application', base: before?.version ?? 0, weakens, affected: [] } as const;
        return this.requests.ask(tx, { ...change, source: textOfApplication(state) }, caller);
      }
      return this.save(tx, { name, state, by: caller.name });
    });
  }

  /** As it is from now on; what it concerns is judged again. Throws `Problem` 409; whoever calls this holds the lock on applications. */
  async save(tx: Tx, { name, state, by }: Wanted): Promise<ApplicationRow> {
    await this.refuseTaken(tx, name, state);
    const before = await this.table.find(tx, name);
    const row = await this.table.save(tx, name, state, by);
    await this.tell(tx, row);
    const repositories = [...new Set([...(before?.state.repositories ?? []), ...state.repositories])];
    await this.work.add(tx, { kind: workKinds.judgeHeads, payload: { repositories }, priority: 'bulk' });
    return row;
  }

  /** A repository leaves its application before it joins another: taking it away would change that one's tolerance unseen. */
  private async refuseTaken(tx: Tx, name: string, state: ApplicationState): Promise<void> {
    const taken = await this.table.takenBy(tx, name, state.repositories);
    if (taken.length === 0) return;
    const errors = taken.slice(0, 50).map(({ repository, application }) => ({
      pointer: `/repositories/${state.repositories.indexOf(repository)}`,
      detail: `${repository} belongs to ${application}`,
    }));
    throw new Problem(409, 'taken', 'a repository belongs to one application; take it out of the other one first', errors);
  }

  /**
   * Listing a repository takes it out of the application that it was registered for, which may tolerate less: what of the listed ones
   * is weaker then, as short texts. Throws `Problem` 409 for those that were registered for somebody else's.
   */
  private async looserFor(tx: Tx, name: string, state: ApplicationState, caller: Identity): Promise<readonly string[]> {
    const [errors, weakens]: [Fault[], string[]] = [[], []];
    for (const { repository, application } of await this.table.registeredFor(tx, name, state.repositories)) {
      if (!sees(caller, application)) {
        const pointer = `/repositories/${state.repositories.indexOf(repository)}`;
        errors.push({ pointer, detail: `${repository} is registered for another application` });
        continue;
      }
      const looser = loosens(await this.stance(tx, application), stanceOf(name, state));
      if (looser.length > 0) weakens.push(`${repository.slice(0, 200)} leaves ${application}: ${looser.join(', ')}`);
    }
    if (errors.length === 0) return weakens;
    throw new Problem(
      409,
      'taken',
      'a repository that was registered for another application stays there, unless you may see that one',
      errors.slice(0, 50),
    );
  }

  /** One that is not there is as those that belong to none. */
  private async stance(tx: Tx, name: string): Promise<Stance> {
    const row = await this.table.find(tx, name);
    return row ? stanceOf(name, row.state) : unassigned;
  }

  private async tell(tx: Tx, { name, version, state }: ApplicationRow): Promise<void> {
    const { team, tier, dataClass, exposure, deadlines, repositories, images, owners, runbook } = state;
    const fact = make(ApplicationChanged, {
      ...{ name, team, tier, dataClass, exposure, deadlines },
      repositories: [...repositories],
      images: [...images],
      owners: [...owners],
      ...(runbook === undefined ? {} : { runbook }),
    });
    await this.outbox.add(tx, { fact, deliveryKey: `application ${name} ${version}`, sequence: version });
  }
}

/** What tolerates more: nothing that one person decides. A repository that is taken out falls under the default tolerance. */
function looserIn(name: string, before: ApplicationState, after: ApplicationState): readonly string[] {
  const stance = stanceOf(name, before);
  const found = [...loosens(stance, stanceOf(name, after))];
  for (const severity of ['critical', 'high', 'medium', 'low'] as const) {
    const [days, more] = [before.deadlines[severity], after.deadlines[severity]];
    if (more > days) found.push(`${more} days for ${severity} findings instead of ${days}`);
  }
  const left = before.repositories.filter((repository) => !after.repositories.includes(repository));
  if (left.length > 0 && loosens(stance, unassigned).length > 0) found.push(`${left.length} repositories leave ${before.tier}`);
  return found;
}
