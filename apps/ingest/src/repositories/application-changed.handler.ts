import { Controller } from '@nestjs/common';
import { ApplicationChanged, ApplicationRemoved, repositoryId } from '@throughline/contracts';
import { Inbox, OnEvent, Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { nextRevision, repositoryFact, type RepositoryRow } from './repository-register.ts';

/** The repositories follow the lists of the applications. */
@Controller()
export class ApplicationChangedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
  ) {}

  @OnEvent(ApplicationChanged)
  async handle(fact: ApplicationChanged): Promise<void> {
    await this.inbox.once(fact, (tx) => this.assign(tx, fact.name, [...new Set(fact.repositories.map(repositoryId))].sort()));
  }

  @OnEvent(ApplicationRemoved)
  async removed(fact: ApplicationRemoved): Promise<void> {
    await this.inbox.once(fact, (tx) => this.assign(tx, fact.name, []));
  }

  /** A person's word stands for a repository that no list names. */
  private async assign(tx: Tx, application: string, listed: readonly string[]): Promise<void> {
    await rows(tx, 'delete from application_repository where application = $1 and repository <> all($2::text[])', [application, listed]);
    await rows(
      tx,
      `insert into application_repository (repository, application) select listed, $1 from unnest($2::text[]) as listed
       on conflict (repository) do update set application = excluded.application`,
      [application, listed],
    );
    const changed = await rows<RepositoryRow>(
      tx,
      `update repository set revision = ${nextRevision}, listed = repository = any($2::text[]),
         application = case when repository = any($2::text[]) then $1 else 'unassigned' end
       where (repository = any($2::text[]) and (application <> $1 or not listed))
          or (application = $1 and listed and repository <> all($2::text[]))
       returning *`,
      [application, listed],
    );
    await this.outbox.add(tx, ...changed.map((row) => repositoryFact(row, 'changed')));
  }
}
