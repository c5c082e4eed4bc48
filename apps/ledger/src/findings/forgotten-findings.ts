import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemovals } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { lockVerdicts } from '../advisories/matching.ts';
import { workKinds } from '../work-kinds.ts';
import { EvaluationRows } from './evaluation-rows.ts';

const findings = 'select number from finding where repository = $1';

/** What is leased finds its row gone and ends. */
const steps = [
  `delete from work where kind in ('${workKinds.evaluate}', '${workKinds.rescore}', '${workKinds.readOwners}', '${workKinds.shadowWaiver}', '${workKinds.applyVex}') and key = $1 and state <> 'leased'`,
  'update lineage set head_id = null, superseded_by = null where repository = $1',
  'delete from evaluation where repository = $1',
  `delete from finding_state where finding_number in (${findings})`,
  'delete from lineage where repository = $1',
  'delete from sighting where report_id in (select id from report where repository = $1)',
  'delete from report where repository = $1',
  ...['attribution', 'finding_comment', 'finding_event', 'finding_seen', 'finding_words', 'identity_key', 'vex_triage'].map(
    (table) => `delete from ${table} where finding_number in (${findings})`,
  ),
  'delete from finding where repository = $1',
  'delete from waiver where repository = $1',
  ...['code_owner_file', 'code_owner_branch'].map((table) => `delete from ${table} where repository = $1`),
  // An application's list still stands when the repository is gone.
  'delete from repository where id = $1 and assigned_application is null',
  `update repository set name = null, registered_application = 'unassigned', demo = false, removed_at = now() where id = $1`,
];

const versionsOf =
  'select distinct component_version_id as id from occurrence where report_id in (select id from report where repository = $1)';
const unused =
  'component_version_id = any($1::bigint[]) and not exists (select 1 from occurrence o where o.component_version_id = affected.component_version_id)';

/** Versions that nobody locks any more, and packages without a version. */
const dropUnused = [
  `delete from affected where ${unused}`,
  `delete from component_version v where id = any($1::bigint[]) and not exists (select 1 from occurrence where component_version_id = v.id)`,
];

/** Forgets the findings of a removed repository, and the components that only it had. */
@Injectable()
export class ForgottenFindings implements OnModuleInit {
  constructor(
    private readonly removals: RepositoryRemovals,
    private readonly evaluations: EvaluationRows,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval((tx, repository) => this.forget(tx, repository));
  }

  private async forget(tx: Tx, repository: string): Promise<void> {
    await lockVerdicts(tx, 'shared');
    await this.evaluations.lockRepository(tx, repository);
    const versions = (await rows<{ id: string }>(tx, versionsOf, [repository])).map(({ id }) => id);
    for (const step of steps) await rows(tx, step, [repository]);
    await this.dropUnused(tx, versions);
  }

  private async dropUnused(tx: Tx, versions: readonly string[]): Promise<void> {
    const packages = await rows<{ id: string }>(
      tx,
      'select distinct package_id as id from component_version where id = any($1::bigint[])',
      [versions],
    );
    for (const step of dropUnused) await rows(tx, step, [versions]);
    await rows(
      tx,
      'delete from package p where id = any($1::bigint[]) and not exists (select 1 from component_version where package_id = p.id)',
      [packages.map(({ id }) => id)],
    );
  }
}
