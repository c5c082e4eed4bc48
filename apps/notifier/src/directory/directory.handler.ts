import { Controller } from '@nestjs/common';
import { ApplicationChanged, ApplicationRemoved, RepositoryChanged, RepositoryRemoved } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Directory } from './directory.ts';

@Controller()
export class DirectoryHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly directory: Directory,
  ) {}

  @OnEvent(ApplicationChanged)
  async application(fact: ApplicationChanged): Promise<void> {
    await this.inbox.once(fact, (tx) => this.directory.keepApplication(tx, fact));
  }

  @OnEvent(RepositoryChanged)
  async repository(fact: RepositoryChanged): Promise<void> {
    await this.inbox.once(fact, (tx) => this.directory.keepRepository(tx, fact));
  }

  /** What hangs on it was forgotten with the mark (`RepositoryRemovals`). */
  @OnEvent(RepositoryRemoved)
  async removed(fact: RepositoryRemoved): Promise<void> {
    await this.inbox.once(fact, () => Promise.resolve());
  }

  @OnEvent(ApplicationRemoved)
  async applicationRemoved(fact: ApplicationRemoved): Promise<void> {
    await this.inbox.once(fact, (tx) => this.directory.dropApplication(tx, fact.name));
  }
}
