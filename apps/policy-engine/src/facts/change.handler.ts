import { Controller } from '@nestjs/common';
import { ChangeProposed, ChangePushed, envelopeOf, RepositoryChanged, RepositoryRemoved } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { ChangePeople } from './change-people.ts';
import { Comparisons } from './comparisons.ts';
import { changeRequestLine, Lines } from './lines.ts';
import { Repositories } from './repositories.ts';

/** Follows where lines stand and what belongs to whom. */
@Controller()
export class ChangeHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly lines: Lines,
    private readonly comparisons: Comparisons,
    private readonly repositories: Repositories,
    private readonly people: ChangePeople,
  ) {}

  @OnEvent(ChangePushed, { batch: 100, acrossTraces: true })
  async pushed(facts: readonly ChangePushed[]): Promise<void> {
    await this.inbox.onceAll(facts, async (fresh, tx) => {
      await this.comparisons.defaultBranch(tx, new Map(fresh.map(({ repository, defaultBranch }) => [repository, defaultBranch])));
      const heads = fresh.map((fact) => ({ repository: fact.repository, line: fact.ref, commit: fact.after, movedAt: timeOf(fact) }));
      await this.lines.move(tx, heads);
      await this.people.pushed(tx, fresh);
    });
  }

  @OnEvent(ChangeProposed, { batch: 100, acrossTraces: true })
  async proposed(facts: readonly ChangeProposed[]): Promise<void> {
    await this.inbox.onceAll(facts, async (fresh, tx) => {
      await this.comparisons.defaultBranch(tx, new Map(fresh.map(({ repository, defaultBranch }) => [repository, defaultBranch])));
      const heads = fresh.map((fact) => ({
        repository: fact.repository,
        line: changeRequestLine(fact.number),
        commit: fact.head,
        movedAt: timeOf(fact),
      }));
      await this.lines.move(tx, heads);
      await this.people.proposed(tx, fresh);
    });
  }

  @OnEvent(RepositoryChanged)
  async repository(fact: RepositoryChanged): Promise<void> {
    await this.inbox.once(fact, (tx) => this.repositories.changed(tx, fact));
  }

  /** What hangs on it was forgotten with the mark (`RepositoryRemovals`). */
  @OnEvent(RepositoryRemoved)
  async removed(fact: RepositoryRemoved): Promise<void> {
    await this.inbox.once(fact, () => Promise.resolve());
  }
}

function timeOf(fact: object): Date {
  return new Date(envelopeOf(fact).time);
}
