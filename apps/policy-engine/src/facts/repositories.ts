import { Injectable } from '@nestjs/common';
import type { RepositoryChanged } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

/** What was said about repositories when they were registered. */
@Injectable()
export class Repositories {
  /** True when the repository was registered for another application than before. */
  async changed(tx: Tx, fact: RepositoryChanged): Promise<boolean> {
    const [before] = await rows<{ application: string }>(tx, 'select application from repository where id = $1 for update', [
      fact.repository,
    ]);
    await rows(
      tx,
      `insert into repository (id, name, application, removed) values ($1, $2, $3, $4)
       on conflict (id) do update set name = excluded.name, application = excluded.application, removed = excluded.removed`,
      [fact.repository, fact.name, fact.application, fact.action === 'removed'],
    );
    return before !== undefined && before.application !== fact.application;
  }
}
