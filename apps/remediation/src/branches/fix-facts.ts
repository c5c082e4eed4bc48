import { Injectable } from '@nestjs/common';
import { chainIdOf, FixApplied, FixApproved, FixFailed, FixUndone, FixVerified, make } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import type { FixRow } from './fix-rows.ts';
import { ownRef } from './own-branch.ts';

/** Says what becomes of a fix, in the transaction in which it does. */
@Injectable()
export class FixFacts {
  constructor(private readonly outbox: Outbox) {}

  approved(tx: Tx, fix: FixRow): Promise<void> {
    const { base_commit: commit, diff, approved_by: by } = fix;
    return this.add(tx, fix, make(FixApproved, { ...about(fix), commit, diff, by }), 'approved');
  }

  applied(tx: Tx, fix: FixRow): Promise<void> {
    const [head, number, url] = [fix.head!, fix.number!, fix.url!];
    return this.add(tx, fix, make(FixApplied, { ...about(fix), ref: ownRef(fix.branch), head, number, url }), `applied ${head}`);
  }

  verified(tx: Tx, fix: FixRow): Promise<void> {
    const [head, evaluation] = [fix.head!, fix.evaluation!];
    const fact = make(FixVerified, { ...about(fix), head, findings: [...fix.findings], evaluation });
    return this.add(tx, fix, fact, `verified ${evaluation} ${fix.evaluated_revision}`);
  }

  failed(tx: Tx, fix: FixRow, why: FixFailed['why'], reason: string): Promise<void> {
    const fact = make(FixFailed, { ...about(fix), ...(fix.head !== null && { head: fix.head }), why, reason: reason.slice(0, 500) });
    return this.add(tx, fix, fact, `${why} ${reason}`);
  }

  undone(tx: Tx, fix: FixRow, by: string): Promise<void> {
    return this.add(tx, fix, make(FixUndone, { ...about(fix), by }), 'undone');
  }

  private async add(tx: Tx, fix: FixRow, fact: object, what: string): Promise<void> {
    await this.outbox.add(tx, { fact, deliveryKey: `${fix.id} ${what}`, correlationid: chainIdOf(fix.repository, fix.base_commit) });
  }
}

function about({ id, proposal, repository, application }: FixRow): {
  fix: string;
  proposal: string;
  repository: string;
  application: string;
} {
  return { fix: id, proposal, repository, application };
}
