import { Controller } from '@nestjs/common';
import { ApplicationChanged, ApplicationRemoved } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Teams } from './teams.ts';
import { TokenLines } from './token-lines.ts';

/** Learns which applications a team has. */
@Controller()
export class ApplicationChangedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly teams: Teams,
    private readonly lines: TokenLines,
  ) {}

  @OnEvent(ApplicationChanged, { batch: 100 })
  async handle(changes: readonly ApplicationChanged[]): Promise<void> {
    await this.inbox.onceAll(changes, (fresh, tx) => this.teams.keep(tx, fresh));
    this.lines.forget();
  }

  @OnEvent(ApplicationRemoved)
  async removed(fact: ApplicationRemoved): Promise<void> {
    await this.inbox.once(fact, (tx) => this.teams.drop(tx, fact.name));
    this.lines.forget();
  }
}
