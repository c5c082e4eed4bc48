import { Controller } from '@nestjs/common';
import { ApplicationChanged, ApplicationRemoved, RepositoryChanged, RepositoryRemoved } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { rows } from '@throughline/service';

/** Keeps which application a repository belongs to: it decides who may see its scans. */
@Controller()
export class OwnersChangedHandler {
  constructor(private readonly inbox: Inbox) {}

  @OnEvent(RepositoryChanged)
  async repositoryChanged(fact: RepositoryChanged): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await rows(
        tx,
        `insert into repository (id, registered_application) values ($1, $2)
         on conflict (id) do update set registered_application = excluded.registered_application`,
        [fact.repository, fact.application],
      );
    });
  }

  /** What hangs on it was forgotten with the mark (`RepositoryRemovals`). */
  @OnEvent(RepositoryRemoved)
  async repositoryRemoved(fact: RepositoryRemoved): Promise<void> {
    await this.inbox.once(fact, () => Promise.resolve());
  }

  @OnEvent(ApplicationChanged)
  async applicationChanged(fact: ApplicationChanged): Promise<void> {
    const { name, repositories } = fact;
    await this.inbox.once(fact, async (tx) => {
      await rows(tx, 'insert into repository (id) select * from unnest($1::text[]) order by 1 on conflict do nothing', [repositories]);
      await rows(tx, 'update repository set assigned_application = null where assigned_application = $1 and id <> all($2::text[])', [
        name,
        repositories,
      ]);
      await rows(tx, 'update repository set assigned_application = $1 where id = any($2::text[])', [name, repositories]);
    });
  }

  /** What stands only in its list and was removed before is nothing any more. */
  @OnEvent(ApplicationRemoved)
  async applicationRemoved(fact: ApplicationRemoved): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await rows(tx, 'update repository set assigned_application = null where assigned_application = $1', [fact.name]);
      await rows(
        tx,
        `delete from repository where assigned_application is null and id in (select repository from removed_repository)
           and not exists (select 1 from plan where plan.repository = repository.id)`,
      );
    });
  }
}
