import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemovals } from '@throughline/messaging';
import { rows } from '@throughline/service';

/** Alarms of its conversations and graces of its decisions; one that is leased finds its row gone and ends. */
const dropWork = `
  delete from work where state <> 'leased' and (
    payload::json ->> 'conversation' in (select id::text from conversations where repository = $1)
    or payload::json ->> 'repository' = $1)`;

const steps = [
  dropWork,
  // In the order in which a decision makes its way: whoever is about to open an alert ends first, or finds nothing.
  'delete from judgements where repository = $1',
  "select pg_advisory_xact_lock(hashtextextended('alerts of ' || $1, 0))",
  ...['alerts', 'conversations', 'changes', 'fixes', 'commit_statuses', 'foreign_statuses', 'change_requests', 'released_checks']
    .concat('unpassed_merges', 'merged_commits', 'check_releases', 'repositories')
    .map((table) => `delete from ${table} where repository = $1`),
];

/** Forgets what was told about a removed repository. What has left stays with those who got it. */
@Injectable()
export class ForgottenAlerts implements OnModuleInit {
  constructor(private readonly removals: RepositoryRemovals) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => {
      for (const step of steps) await rows(tx, step, [repository]);
    });
  }
}
