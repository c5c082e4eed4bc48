import { Injectable, type OnModuleInit } from '@nestjs/common';
import { chainIdOf, FixProposed, make } from '@throughline/contracts';
import { Outbox, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { FixRefused } from '../fixers/fixer.ts';
import type { FixGroup } from './fix-groups.ts';
import { FixMaker } from './fix-maker.ts';
import { ProposalRows, type FixPlace, type MadeEdit, type ProposalRow } from './proposal-rows.ts';

interface Preparation {
  readonly proposal: string;
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
    this.work.handle<Preparation>(kind, { concurrency: 2, leaseSeconds: 60, maxAttempts: 8, onDead: this.giveUp }, (lease) =>
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
    const proposal = await this.database.transaction((tx) => this.proposals.byId(tx, lease.payload.proposal));
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
        await this.proposals.impossible(tx, proposal, error.message);
        await lease.complete(tx);
      });
    }
  }

  private readonly giveUp = async (lease: Lease<Preparation>, tx: Tx, error: Error): Promise<void> => {
    const proposal = await this.proposals.byId(tx, lease.payload.proposal);
    if (proposal) await this.proposals.impossible(tx, proposal, `the files could not be read: ${error.message}`);
  };

  private async tell(tx: Tx, proposal: ProposalRow, edit: MadeEdit): Promise<void> {
    const { id, repository, commit, application, from, to, summary, revision } = proposal;
    const files = edit.files.map(({ path, kind: role }) => ({ path, kind: role === 'lock' ? ('lock' as const) : ('manifest' as const) }));
    const fact = make(FixProposed, {
      proposal: id,
      repository,
      commit,
      application,
      package: proposal.package,
      from,
      to,
      summary,
      files,
      diff: edit.diff,
      findings: [...proposal.findings],
      causes: [proposal.cause],
    });
    await this.outbox.add(tx, { fact, deliveryKey: `${id} ${revision}`, sequence: revision, correlationid: chainIdOf(repository, commit) });
  }
}
