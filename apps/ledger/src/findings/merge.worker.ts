import { Injectable, type OnModuleInit } from '@nestjs/common';
import { vulnerabilityKey } from '@throughline/findings';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { addEvaluations } from './reevaluation.worker.ts';
import { EvaluationRows } from './evaluation-rows.ts';

interface Merges {
  readonly merges: readonly { readonly from: string; readonly into: string }[];
}

interface Grouped {
  readonly number: string;
  readonly repository: string;
  readonly packageId: string;
  readonly packagePurl: string;
}

/** Joins the findings of alias groups that turned out to be one: the younger becomes an alias of the older. */
@Injectable()
export class MergeWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly evaluations: EvaluationRows,
  ) {}

  onModuleInit(): void {
    this.work.handle<Merges>(workKinds.mergeFindings, { concurrency: 1, leaseSeconds: 60, maxAttempts: 8 }, (lease) => this.merge(lease));
  }

  private async merge(lease: Lease<Merges>): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { from, into } of lease.payload.merges) {
        for (const finding of await this.findingsOf(tx, from)) await this.move(tx, finding, into);
      }
      await lease.complete(tx);
    });
  }

  private findingsOf(tx: Tx, group: string): Promise<Grouped[]> {
    return rows<Grouped>(
      tx,
      `select f.number, f.repository, f.package_id as "packageId", p.purl as "packagePurl"
       from finding f join package p on p.id = f.package_id where f.group_id = $1 and f.alias_of is null order by f.repository, f.number`,
      [group],
    );
  }

  private async move(tx: Tx, finding: Grouped, into: string): Promise<void> {
    await this.evaluations.lockRepository(tx, finding.repository);
    const [other] = await rows<{ number: string }>(
      tx,
      'select number from finding where group_id = $1 and package_id = $2 and repository = $3 and alias_of is null',
      [into, finding.packageId, finding.repository],
    );
    await rows(tx, 'update finding set group_id = $2 where number = $1', [finding.number, into]);
    if (other) return this.alias(tx, finding, other.number);
    const { scheme, key } = vulnerabilityKey(into, finding.packagePurl, finding.repository);
    await rows(tx, 'insert into identity_key (scheme, key, finding_number) values ($1, $2, $3) on conflict do nothing', [
      scheme,
      Buffer.from(key, 'hex'),
      finding.number,
    ]);
  }

  /** Both ids keep answering; the states of the lines are made anew for the one that stays. */
  private async alias(tx: Tx, finding: Grouped, other: string): Promise<void> {
    const [older, younger] = BigInt(finding.number) < BigInt(other) ? [finding.number, other] : [other, finding.number];
    await rows(tx, 'update finding set alias_of = $2 where number = $1 or alias_of = $1', [younger, older]);
    const heads = await rows<{ id: string; repository: string }>(
      tx,
      `select h.id, h.repository from finding_state s join head h on h.lineage_id = s.lineage_id where s.finding_number = $1`,
      [younger],
    );
    await rows(tx, 'delete from finding_state where finding_number = $1', [younger]);
    await addEvaluations(this.work, tx, heads);
  }
}
