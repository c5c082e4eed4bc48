import { Injectable } from '@nestjs/common';
import { make, nameForm, PolicyReplay, uuidv7, type Gate, type PolicyReplayRequest } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, Problem, type Identity } from '@throughline/service';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import { Policies } from '../policies/policies.ts';
import { workKinds } from '../work-kinds.ts';
import { ReplayRows, type ReplayRow } from './replay-rows.ts';

const mostOpen = 20;

/** Replays as people ask for them. */
@Injectable()
export class Replays {
  constructor(
    private readonly database: Database,
    private readonly table: ReplayRows,
    private readonly policies: Policies,
    private readonly work: WorkQueue,
  ) {}

  /** Over the decisions that the caller may see, and no others. Throws `Problem` 404, 422, 429. */
  async start({ policy, since, gates }: PolicyReplayRequest, caller: Identity): Promise<PolicyReplay> {
    const tried = await this.policyOf(policy.trim());
    const id = uuidv7();
    await this.database.transaction(async (tx) => {
      if ((await this.table.open(tx)) >= mostOpen)
        throw new Problem(429, 'too_many_requests', 'too many replays are open', [], { 'retry-after': '60' });
      const { name } = tried.document;
      const bound: readonly Gate[] = gates ?? (await this.gatesOf(tried));
      await this.table.insert(
        tx,
        { id, name, policy: tried, since: new Date(since), gates: bound, applications: caller.applications },
        caller.name,
      );
      await this.work.add(tx, { kind: workKinds.replay, payload: { replay: id }, priority: 'bulk' });
    });
    return this.read(id, caller);
  }

  /** Throws `Problem` 404 also for a replay over decisions of which the caller may not see all. */
  async read(id: string, caller: Identity): Promise<PolicyReplay> {
    const row = await this.database.transaction((tx) => this.table.find(tx, id.toLowerCase()));
    if (!row || !covers(caller, row)) throw new Problem(404, 'not_found', `there is no replay ${id}`);
    const { status, name, since, gates, decisions, identical, otherReasons, changedTotal, changed, gone, truncated, failure } = row;
    return make(PolicyReplay, {
      ...{
        id: row.id,
        status,
        location: `/api/v1/policies/replays/${row.id}`,
        policy: name,
        since: since.toISOString(),
        gates: [...gates],
      },
      ...{ decisions, identical, otherReasons, changedTotal, changed: [...changed], gone, truncated },
      ...(failure === null ? {} : { failure }),
    });
  }

  private async policyOf(asked: string): Promise<PublishedPolicy> {
    if (!nameForm.test(asked)) return (await this.policies.test(asked)).policy;
    const { version, digest, document } = await this.policies.read(asked);
    return { version, digest, document };
  }

  /** Also those that the published policy of the name is bound to: what it no longer says there is a change too. */
  private async gatesOf({ document }: PublishedPolicy): Promise<readonly Gate[]> {
    const published = await this.policies.read(document.name).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 404) return undefined;
      throw error;
    });
    return [...new Set([...document.gates, ...(published?.document.gates ?? [])])];
  }
}

function covers({ applications }: Identity, { applications: asked }: ReplayRow): boolean {
  return applications === '*' || (asked !== '*' && asked.every((name) => applications.includes(name)));
}
