import { Controller } from '@nestjs/common';
import { ApplicationChanged, ApplicationRemoved, RepositoryChanged, RepositoryRemoved } from '@throughline/contracts';
import { Inbox, OnEvent, WorkQueue } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { Repositories } from './repositories.ts';

@Controller()
export class OwnersChangedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly repositories: Repositories,
    private readonly work: WorkQueue,
  ) {}

  @OnEvent(RepositoryChanged)
  async repositoryChanged(fact: RepositoryChanged): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      const { repository } = fact;
      const { moved, otherAdvisories } = await this.repositories.registered(tx, fact);
      if (moved) await this.rescore(tx, [repository]);
      if (otherAdvisories) await this.work.add(tx, { kind: workKinds.findTouched, payload: { repositories: [repository] } });
    });
  }

  /** What hangs on it was forgotten with the mark (`RepositoryRemovals`). */
  @OnEvent(RepositoryRemoved)
  async repositoryRemoved(fact: RepositoryRemoved): Promise<void> {
    await this.inbox.once(fact, () => Promise.resolve());
  }

  @OnEvent(ApplicationChanged)
  async applicationChanged(fact: ApplicationChanged): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await this.rescore(tx, await this.repositories.assigned(tx, fact));
    });
  }

  @OnEvent(ApplicationRemoved)
  async applicationRemoved(fact: ApplicationRemoved): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await this.rescore(tx, await this.repositories.orphaned(tx, fact.name));
    });
  }

  private async rescore(tx: Tx, repositories: readonly string[]): Promise<void> {
    await this.work.add(tx, ...repositories.map((repository) => ({ kind: workKinds.rescore, key: repository, payload: { repository } })));
  }
}
