import { Injectable } from '@nestjs/common';
import { uuidv7, type FixApproval } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, rows, sees, type Identity, type Tx } from '@throughline/service';
import { ApprovalRules } from './approval-rules.ts';
import { FixFacts } from './fix-facts.ts';
import { FixRows } from './fix-rows.ts';
import { branchOf } from './own-branch.ts';
import { ProposalViews, type ProposalView } from './proposal-view.ts';
import { pushWork, undoWork } from './work.ts';

/** What people say about proposals, and what follows from it; carried out later, outside the transaction. */
@Injectable()
export class Approvals {
  private readonly proposals = new ProposalViews();

  constructor(
    private readonly database: Database,
    private readonly fixes: FixRows,
    private readonly rules: ApprovalRules,
    private readonly facts: FixFacts,
    private readonly work: WorkQueue,
  ) {}

  /** Approves exactly the edit that is there, for exactly this head. Throws `Problem` 404, 409, 429. */
  async approve(caller: Identity, id: string, { diff }: FixApproval, dryRun: boolean): Promise<void> {
    await this.database.transaction(async (tx) => {
      const proposal = await this.wanted(tx, caller, id);
      const latest = await this.fixes.latest(tx, proposal.id);
      const running = latest && ['approved', 'open'].includes(latest.state);
      if (running && latest.base_commit === proposal.commit && latest.diff === proposal.diff) return;
      const edit = await this.rules.check(tx, proposal, latest, diff);
      if (dryRun) return;
      const undone = await this.fixes.timesUndone(tx, proposal.id);
      const { repository, line, commit, application, tool, ecosystem, findings } = proposal;
      const fix = await this.fixes.add(tx, {
        id: uuidv7(),
        proposal: proposal.id,
        ...{ repository, line, application, tool, ecosystem, findings },
        base_commit: commit,
        diff: edit.diff,
        base_findings: edit.baseFindings,
        branch: branchOf({ proposal: proposal.id, name: proposal.name, to: proposal.to, undone }),
        approved_by: caller.name,
      });
      if (proposal.state === 'rejected')
        await rows(tx, `update proposals set state = 'proposed', rejected_at = null, reason = null where id = $1`, [proposal.id]);
      await this.facts.approved(tx, fix);
      await this.work.add(tx, pushWork(fix));
    });
  }

  /** Nobody is asked about this version again. Throws `Problem` 404, 409. */
  async reject(caller: Identity, id: string, reason: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const proposal = await this.wanted(tx, caller, id);
      const latest = await this.fixes.latest(tx, proposal.id);
      if (latest && ['approved', 'open', 'undoing'].includes(latest.state))
        throw new Problem(409, 'applied', 'the fix is in a branch already: undo it');
      if (!['proposed', 'rejected'].includes(proposal.state))
        throw new Problem(409, 'not_proposed', `a proposal that is ${proposal.state} cannot be rejected`);
      await this.proposals.reject(tx, proposal.id, caller.name, reason);
    });
  }

  /** Closes the change request and deletes the branch. Throws `Problem` 404, 409. */
  async undo(caller: Identity, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const proposal = await this.wanted(tx, caller, id);
      const latest = await this.fixes.latest(tx, proposal.id);
      if (!latest || latest.state === 'undone') throw new Problem(409, 'not_applied', 'there is no branch with this fix');
      if (latest.state === 'merged') throw new Problem(409, 'merged', 'the fix was merged: revert the merge at the provider');
      await this.fixes.change(tx, latest.id, { state: 'undoing' });
      await this.work.add(tx, undoWork(latest, caller.name));
    });
  }

  private async wanted(tx: Tx, caller: Identity, id: string): Promise<ProposalView> {
    const proposal = await this.proposals.byId(tx, id);
    if (proposal && sees(caller, proposal.application)) return proposal;
    throw new Problem(404, 'not_found', `there is no proposal ${id.slice(0, 64)}`);
  }
}
