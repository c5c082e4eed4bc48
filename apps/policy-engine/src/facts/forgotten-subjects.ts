import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemovals } from '@throughline/messaging';
import { rows } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';

const subjects = 'select id from subject where repository = $1';
const decisions = 'select month, id from decision where repository = $1';

/** Pages hold ids of findings: two repositories never share one. */
const steps = [
  // Whoever keeps a verdict holds the row of its subject: from here on nobody adds to it.
  'select 1 from subject where repository = $1 order by id for update',
  `delete from work where state <> 'leased' and (
     kind = '${workKinds.judge}' and payload::json ->> 'subject' in (select id::text from subject where repository = $1)
     or kind = '${workKinds.requestFromRepository}' and payload::json ->> 'repository' = $1
     or kind = '${workKinds.judgeHeads}' and payload::jsonb -> 'repositories' = jsonb_build_array($1::text))`,
  `delete from finding_page where digest in (select unnest(pages) from item where subject_id in (${subjects}))`,
  `delete from decision_page using decision_input
   where (decision_input.month, decision_input.decision) in (${decisions})
     and decision_page.month = decision_input.month and decision_page.digest = any(decision_input.pages)`,
  `delete from decision_input where (month, decision) in (${decisions})`,
  'delete from decision where repository = $1',
  `delete from gate_wait where question::json ->> 'repository' = $1`,
  ...['subject', 'triaged_finding', 'line_head', 'default_branch', 'change_person', 'waiver', 'suppression'].map(
    (table) => `delete from ${table} where repository = $1`,
  ),
  'delete from repository where id = $1',
];

/** Forgets what was known and decided about a removed repository; what applications list is their own statement and stays. */
@Injectable()
export class ForgottenSubjects implements OnModuleInit {
  constructor(private readonly removals: RepositoryRemovals) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => {
      for (const step of steps) await rows(tx, step, [repository]);
    });
  }
}
