import { Injectable } from '@nestjs/common';
import type { RepositoryChanged } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { workKinds, type JudgeHeadsWork } from '../work-kinds.ts';

/** What was said about repositories when they were registered. */
@Injectable()
export class Repositories {
  constructor(private readonly work: WorkQueue) {}

  /** One that was registered for another application than before is judged by what that one tolerates. */
  async changed(tx: Tx, fact: RepositoryChanged): Promise<void> {
    const [before] = await rows<{ application: string }>(tx, 'select application from repository where id = $1 for update', [
      fact.repository,
    ]);
    await rows(
      tx,
      `insert into repository (id, name, application, removed) values ($1, $2, $3, $4)
       on conflict (id) do update set name = excluded.name, application = excluded.application, removed = excluded.removed`,
      [fact.repository, fact.name, fact.application, fact.action === 'removed'],
    );
    if (before === undefined || before.application === fact.application) return;
    const payload: JudgeHeadsWork = { repositories: [fact.repository] };
    await this.work.add(tx, { kind: workKinds.judgeHeads, payload, priority: 'bulk' });
  }
}
