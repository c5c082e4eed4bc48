import { Injectable } from '@nestjs/common';
import { sha256, uuidv7 } from '@throughline/contracts';
import { Problem, sees, type Identity, type Tx } from '@throughline/service';
import { ChangeRows, type ChangeRow, type NewChange } from './change-rows.ts';
import { idOf, refuseDecided } from './second-person.ts';

const mostWaiting = 50;
const mostSaid = 20;

/** What a person asks for that one person alone does not get. */
type Asked = Pick<NewChange, 'name' | 'application' | 'base' | 'kind' | 'source' | 'weakens' | 'affected'>;

/** What people asked for and a second one has to approve. */
@Injectable()
export class ChangeRequests {
  constructor(private readonly changes: ChangeRows) {}

  /** Throws `Problem` 404 also for a change of an application that the caller may not see. */
  async found(tx: Tx, id: string, caller: Identity): Promise<ChangeRow> {
    const change = await this.changes.find(tx, id.toLowerCase());
    if (!change || (change.application !== null && !sees(caller, change.application)))
      throw new Problem(404, 'not_found', `there is no change ${id.slice(0, 100)}`);
    return change;
  }

  /** The same asked for twice waits once. Throws `Problem` 403, 409; whoever calls this holds the lock on what would change. */
  async ask(tx: Tx, { name, application, base, ...weaker }: Asked, caller: Identity): Promise<ChangeRow> {
    const { person, name: requestedBy } = caller;
    if (!person)
      throw new Problem(
        403,
        'second_person_required',
        `${inWords({ name, application, ...weaker })}: a second person has to approve it, and a token that is nobody’s cannot ask for that: sign in as a person`,
      );
    const id = uuidv7();
    const digest = sha256(JSON.stringify([id, application ?? name, base, weaker]));
    const change: NewChange = {
      ...{ ...weaker, id, digest, name, application, base },
      ...{ requester: person.id, requesterAddress: person.email?.toLowerCase() ?? null, requestedBy },
    };
    const waiting = await this.changes.waiting(tx, change);
    if (waiting) return waiting;
    if ((await this.changes.count(tx, application)) >= mostWaiting)
      throw new Problem(409, 'too_many', `${mostWaiting} changes wait for approval already: decide about some first`);
    await this.changes.insert(tx, change);
    return this.found(tx, id, caller);
  }

  /** Writes down that it is in force; whoever calls this has put it there. */
  async approved(tx: Tx, { id }: ChangeRow, caller: Identity): Promise<ChangeRow> {
    await this.changes.decide(tx, id, { state: 'approved', by: { id: idOf(caller), name: caller.name } });
    return this.found(tx, id, caller);
  }

  /** Whoever asked may take it back like this too. Throws `Problem` 404, 409; whoever calls this holds the lock on what would change. */
  async reject(tx: Tx, id: string, reason: string, caller: Identity): Promise<ChangeRow> {
    const change = await this.found(tx, id, caller);
    if (change.state === 'rejected' && change.decider === idOf(caller)) return change;
    refuseDecided(change);
    const plain = reason.replaceAll('\0', '').toWellFormed();
    await this.changes.decide(tx, change.id, { state: 'rejected', by: { id: idOf(caller), name: caller.name }, reason: plain });
    return this.found(tx, id, caller);
  }
}

function inWords({ name, application, weakens }: Pick<Asked, 'name' | 'application' | 'weakens'>): string {
  const more = weakens.length > mostSaid ? ` and ${weakens.length - mostSaid} more` : '';
  const what = application === null ? `weakens the ${name === null ? 'policies' : 'policy'}` : 'tolerates more risk';
  return `this ${what} (${weakens.slice(0, mostSaid).join(', ')}${more})`;
}
