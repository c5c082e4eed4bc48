import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemovals, WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { workKinds } from './work-kinds.ts';

const plans = 'select id from plan where repository = $1';
const items = `select id::text from evidence_item where plan_id in (${plans})`;

/** What is leased ends by itself when it finds its row gone; a fetch has to end before its mirror is deleted. */
const dropWork = `
  delete from work where state <> 'leased'
    and (kind in ('${workKinds.prepare}', '${workKinds.scanHistory}', '${workKinds.readSuppressions}') and key = $1 or kind = '${workKinds.scan}' and payload::json ->> 'item' in (${items}))`;

/** Equal input gives equal results wherever it lies: one that another repository has as well stays. */
const dropResults = `
  delete from result_cache as cached using evidence_item as own
  where own.plan_id in (${plans}) and own.input = cached.input and own.tool = cached.tool
    and not exists (select 1 from evidence_item as other
      where other.input = cached.input and other.tool = cached.tool and other.plan_id not in (${plans}))`;

const steps = [
  // Whoever writes about a plan holds its row: from here on nobody adds to it.
  'select 1 from plan where repository = $1 order by id for update',
  dropWork,
  dropResults,
  `delete from evidence_item where plan_id in (${plans})`,
  `delete from evidence_request where plan_id in (${plans})`,
  'delete from plan where repository = $1',
  'delete from branch_head where repository = $1',
  'delete from history_scan where repository = $1',
  'delete from suppression_reading where repository = $1',
  'delete from weak_secret where repository = $1',
  // An application's list still stands when the repository is gone.
  'delete from repository where id = $1 and assigned_application is null',
  `update repository set registered_application = 'unassigned' where id = $1`,
];

/** Forgets the evidence of a removed repository, and then its mirror. */
@Injectable()
export class ForgottenEvidence implements OnModuleInit {
  constructor(
    private readonly removals: RepositoryRemovals,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval((tx, repository) => this.forget(tx, repository));
  }

  private async forget(tx: Tx, repository: string): Promise<void> {
    for (const step of steps) await rows(tx, step, [repository]);
    await this.work.add(tx, { kind: workKinds.prepare, key: repository, payload: { forget: repository } });
  }
}
