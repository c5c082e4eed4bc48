import { Injectable } from '@nestjs/common';
import { sha256, uuidv7 } from '@throughline/contracts';
import { Problem, type Identity, type Tx } from '@throughline/service';
import { ChangeRows, type ChangeRow, type NewChange } from './change-rows.ts';

const mostWaiting = 50;
const mostSaid = 20;

/** What a person asks for that one person alone does not get. */
type Asked = Pick<NewChange, 'name' | 'base' | 'kind' | 'source' | 'weakens' | 'affected'>;

/** What people asked for and a second one has to approve. */
@Injectable()
export class ChangeRequests {
  constructor(private readonly changes: ChangeRows) {}

  /** Throws `Problem` 404. */
  async found(tx: Tx, id: string): Promise<ChangeRow> {
    const change = await this.changes.find(tx, id.toLowerCase());
    if (!change) throw new Problem(404, 'not_found', `there is no change ${id.slice(0, 100)} of a policy`);
    return change;
  }

  /** The same asked for twice waits once. Throws `Problem` 403, 409; whoever calls this holds the lock on policies. */
  async ask(tx: Tx, { name, base, ...weaker }: Asked, { person, name: requestedBy }: Identity): Promise<ChangeRow> {
    if (!person)
      throw new Problem(
        403,
        'second_person_required',
        `${inWords(name, weaker.weakens)}: a second person has to approve it, and a token that is nobody’s cannot ask for that: sign in as a person`,
      );
    const id = uuidv7();
    const digest = sha256(JSON.stringify([id, name, base, weaker]));
    const change: NewChange = {
      ...{ ...weaker, id, digest, name, base },
      ...{ requester: person.id, requesterAddress: person.email?.toLowerCase() ?? null, requestedBy },
    };
    const waiting = await this.changes.waiting(tx, change);
    if (waiting) return waiting;
    if ((await this.changes.count(tx)) >= mostWaiting)
      throw new Problem(409, 'too_many', `${mostWaiting} changes wait for approval already: decide about some first`);
    await this.changes.insert(tx, change);
    return this.found(tx, id);
  }
}

function inWords(name: string | null, weakens: readonly string[]): string {
  const more = weakens.length > mostSaid ? ` and ${weakens.length - mostSaid} more` : '';
  return `this weakens the ${name === null ? 'policies' : 'policy'} (${weakens.slice(0, mostSaid).join(', ')}${more})`;
}
