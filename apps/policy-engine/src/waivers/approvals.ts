import { Injectable } from '@nestjs/common';
import { Database, Problem, type Identity } from '@throughline/service';
import { ChangePeople } from '../facts/change-people.ts';
import { objectionTo, refuseApproval, type Objection } from './approval-rules.ts';
import { CoveredChanges } from './covered-changes.ts';
import { isShown, labelOf } from './waiver-content.ts';
import { WaiverEffects } from './waiver-effects.ts';
import { waiverOf } from './waiver-for-judging.ts';
import { WaiverRows, type WaiverRow } from './waiver-rows.ts';

/** Approves requests: a second person, for exactly what they have read. */
@Injectable()
export class Approvals {
  constructor(
    private readonly database: Database,
    private readonly table: WaiverRows,
    private readonly covered: CoveredChanges,
    private readonly people: ChangePeople,
    private readonly effects: WaiverEffects,
  ) {}

  /** Throws `Problem` 403, 404, 409 and 412. */
  async approve(name: string, digest: string, caller: Identity): Promise<WaiverRow> {
    const asked = await this.database.transaction((tx) => this.table.find(tx, name));
    if (!asked || !isShown(asked, caller))
      throw new Problem(404, 'not_found', `there is no exception ${name.slice(0, 100)}, or you do not approve for its application`);
    // Who made what it covers takes time to find out; the digest says afterwards that it is still the same.
    refuseApproval(caller, asked, await this.makers(asked));
    return this.database.transaction(async (tx) => {
      const row = await this.table.find(tx, asked.id, 'for update');
      if (row?.state === 'granted' && row.digest === digest && row.approver === caller.id) return row;
      if (row?.state !== 'requested')
        throw new Problem(409, 'decided', `the exception ${labelOf(asked)} is ${row?.state ?? 'gone'} already`);
      if (row.digest !== digest || row.digest !== asked.digest)
        throw new Problem(412, 'changed_meanwhile', 'the exception is not what you have read: read it again, and approve its digest');
      if (row.until.getTime() <= Date.now())
        throw new Problem(409, 'over', `the exception ${labelOf(row)} was asked for until ${row.until.toISOString()}`);
      refuseApproval(caller, row, []);
      const granted = await this.table.grant(tx, row.id, { id: caller.id, name: caller.name });
      await this.table.note(tx, row.id, { kind: 'granted', by: caller.name, digest, note: null });
      await this.effects.granted(tx, granted);
      return granted;
    });
  }

  /** Why the caller may not approve it; undefined when nothing is in the way. */
  async objection(row: WaiverRow, caller: Identity): Promise<Objection | undefined> {
    return objectionTo(caller, row, []) ?? objectionTo(caller, row, await this.makers(row));
  }

  private async makers(row: WaiverRow): Promise<readonly string[]> {
    const changes = await this.covered.of(row, waiverOf(row));
    return this.database.transaction((tx) => this.people.of(tx, changes));
  }
}
