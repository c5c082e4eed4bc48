import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { Database, ServiceConfig } from '@throughline/service';
import { commitMessageOf, summaryOf } from '../proposals/wording.ts';
import type { WantedCommit } from './fix-repository.ts';
import { FixRows, type FixRow } from './fix-rows.ts';
import { changeRequestText } from './fix-text.ts';
import { ProposalViews, type ProposalView } from './proposal-view.ts';

const mostDiffBytes = 4_000_000;

/** A fix with all that carrying it out takes. */
export interface FixOrder {
  readonly fix: FixRow;
  /** Heads that its branch may have by us. */
  readonly heads: readonly string[];
  readonly edit: Omit<WantedCommit, 'diff'>;
  readonly title: string;
  readonly text: string;
}

/** Reads what is to be done, and words it. */
@Injectable()
export class FixOrders {
  private readonly proposals = new ProposalViews();

  constructor(
    private readonly database: Database,
    private readonly fixes: FixRows,
    private readonly blobs: Blobs,
    private readonly config: ServiceConfig,
  ) {}

  /** Undefined when the fix is gone by now. */
  async read(id: string): Promise<FixOrder | undefined> {
    const found = await this.database.transaction(async (tx) => {
      const proposal = await this.proposals.ofFix(tx, id);
      const fix = await this.fixes.byId(tx, id);
      return fix && proposal && { fix, proposal, heads: await this.fixes.heads(tx, fix.proposal) };
    });
    if (!found) return undefined;
    const { fix, proposal, heads } = found;
    const files = proposal.files.map(({ path }) => path);
    const message = commitMessageOf(proposal.id, proposal);
    return {
      fix,
      heads,
      edit: { base: fix.base_commit, files, message },
      title: summaryOf(proposal),
      text: this.text(proposal, fix),
    };
  }

  /** With the edit itself, which only a push needs. */
  async commit({ fix, edit }: FixOrder): Promise<WantedCommit> {
    return { ...edit, diff: (await this.blobs.read(fix.diff, mostDiffBytes)).toString('utf8') };
  }

  private text(proposal: ProposalView, fix: FixRow): string {
    return changeRequestText({
      ...proposal,
      proposal: proposal.id,
      files: proposal.files.map(({ path }) => path),
      proof: fix.proof,
      ...(fix.reason && { reason: fix.reason }),
      approvedBy: fix.approved_by,
      server: this.config.linkBase,
    });
  }
}
