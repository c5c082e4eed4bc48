import { Controller } from '@nestjs/common';
import { ChangePushed, EvidencePlanned } from '@throughline/contracts';
import { Inbox, OnEvent, WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';

/** Reads owners anew when a default branch was fetched: only what is merged there says who owns what. */
@Controller()
export class DefaultBranchHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly work: WorkQueue,
  ) {}

  @OnEvent(ChangePushed, { batch: 100, acrossTraces: true })
  async pushed(facts: readonly ChangePushed[]): Promise<void> {
    await this.inbox.onceAll(facts, async (fresh, tx) => {
      const branches = [...new Map(fresh.map(({ repository, defaultBranch }) => [repository, defaultBranch]))].sort();
      await rows(
        tx,
        `insert into code_owner_branch (repository, branch) select * from unnest($1::text[], $2::text[])
         on conflict (repository) do update set branch = excluded.branch where code_owner_branch.branch <> excluded.branch`,
        [branches.map(([repository]) => repository), branches.map(([, branch]) => branch)],
      );
    });
  }

  @OnEvent(EvidencePlanned)
  async planned(fact: EvidencePlanned): Promise<void> {
    const { repository, commit, ref, pullRequest, baseline } = fact.subject;
    if (pullRequest !== undefined || baseline || fact.failed !== undefined) return;
    await this.inbox.once(fact, async (tx) => {
      if (!(await isDefault(tx, repository, ref))) return;
      await this.work.add(tx, { kind: workKinds.readOwners, key: repository, payload: { repository, commit } });
    });
  }
}

async function isDefault(tx: Tx, repository: string, ref: string): Promise<boolean> {
  const [known] = await rows<{ branch: string }>(tx, 'select branch from code_owner_branch where repository = $1', [repository]);
  return ref === `refs/heads/${known?.branch ?? 'main'}`;
}
