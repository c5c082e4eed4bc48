import { Injectable, type OnModuleInit } from '@nestjs/common';
import { chainIdOf, FixProposed, make } from '@throughline/contracts';
import { Outbox, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { FixRefused, FixTooYoung } from '../fixers/version-change.ts';
import type { FixGroup } from './fix-groups.ts';
import { FixMaker } from './fix-maker.ts';
import { ProposalRows, type FixPlace, type KeptEdit, type ProposalRow } from './proposal-rows.ts';
import { summaryOf } from './wording.ts';

interface Preparation {
  readonly proposal: string;
  /** Set when it is taken up again after a wait. */
  readonly revision?: number;
}

const kind = 'prepare proposal';

/** Turns groups of findings into proposals; the edit is made later, outside the transaction. */
@Injectable()
export class Proposals implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly proposals: ProposalRows,
    private readonly maker: FixMaker,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.work.handle<Preparation>(kind, { concurrency: 2, leaseSeconds: 300, maxAttempts: 8, onDead: this.giveUp }, (lease) =>
      this.prepare(lease),
    );
  }

  /** Wants these fixes at a line of work, and no others of the same tool. */
  async want(tx: Tx, place: FixPlace, groups: readonly FixGroup[]): Promise<void> {
    await this.proposals.close(tx, place, groups);
    for (const group of groups) {
      const wanted = await this.proposals.want(tx, place, group);
      if (wanted) await this.work.add(tx, { kind, key: wanted.id, payload: { proposal: wanted.id } satisfies Preparation });
    }
  }

  private async prepare(lease: Lease<Preparation>): Promise<void> {
    const { proposal: id, revision } = lease.payload;
    const proposal = await this.database.transaction(async (tx) => {
      if (revision !== undefined) await this.proposals.again(tx, id, revision);
      return this.proposals.byId(tx, id);
    });
    if (!proposal) return;
    try {
      const edit = await this.maker.make(proposal);
      await this.database.transaction(async (tx) => {
        if (await this.proposals.made(tx, proposal, edit)) await this.tell(tx, proposal, edit);
        await lease.complete(tx);
      });
    } catch (error) {
      if (!(error instanceof FixRefused)) throw error;
      await this.database.transaction(async (tx) => {
        await this.refused(tx, proposal, error);
        await lease.complete(tx);
      });
    }
  }

  private async refused(tx: Tx, proposal: ProposalRow, error: FixRefused): Promise<void> {
    if (!(error instanceof FixTooYoung)) return this.proposals.impossible(tx, proposal, error.message);
    await this.proposals.waiting(tx, proposal, error.message, error.until);
    const payload = { proposal: proposal.id, revision: proposal.revision } satisfies Preparation;
    await this.work.add(tx, { kind, key: `${proposal.id} later`, payload, runAfter: error.until });
  }

  private readonly giveUp = async (lease: Lease<Preparation>, tx: Tx, error: Error): Promise<void> => {
    const proposal = await this.proposals.byId(tx, lease.payload.proposal);
    if (proposal) await this.proposals.impossible(tx, proposal, `the files could not be read: ${error.message}`);
  };

  private async tell(tx: Tx, proposal: ProposalRow, edit: KeptEdit): Promise<void> {
    const { id, repository, commit, application, name, from, revision } = proposal;
    const summary = summaryOf({ name, from, to: edit.to, findings: proposal.findings });
    const files = edit.files.map(({ path, kind: role }) => ({ path, kind: role === 'lock' ? ('lock' as const) : ('manifest' as const) }));
    const fact = make(FixProposed, {
      proposal: id,
      repository,
      commit,
      application,
      package: proposal.package,
      from,
      to: edit.to,
      summary,
      files,
      diff: edit.diff,
      findings: [...proposal.findings],
      causes: [proposal.cause],
    });
    await this.outbox.add(tx, { fact, deliveryKey: `${id} ${revision}`, sequence: revision, correlationid: chainIdOf(repository, commit) });
  }
}
