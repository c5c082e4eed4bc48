import { Controller, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemoved } from '@throughline/contracts';
import { Inbox, OnEvent, RepositoryRemovals } from '@throughline/messaging';
import { rows } from '@throughline/service';

const steps = [
  `delete from work where state <> 'leased' and (
     payload::json ->> 'proposal' in (select id::text from proposals where repository = $1)
     or payload::json ->> 'fix' in (select id::text from fixes where repository = $1))`,
  'delete from line_findings where repository = $1',
  'delete from proposals where repository = $1',
];

/** Proposals for a removed repository are nobody's any more. */
@Controller()
export class RepositoryRemovedHandler implements OnModuleInit {
  constructor(
    private readonly inbox: Inbox,
    private readonly removals: RepositoryRemovals,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => {
      for (const step of steps) await rows(tx, step, [repository]);
    });
  }

  /** What hangs on it was forgotten with the mark. */
  @OnEvent(RepositoryRemoved)
  async removed(fact: RepositoryRemoved): Promise<void> {
    await this.inbox.once(fact, () => Promise.resolve());
  }
}
