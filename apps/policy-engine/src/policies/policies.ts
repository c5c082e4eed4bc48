import { Injectable } from '@nestjs/common';
import { make, PolicyPublished } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import type { CaseOutcome } from '@throughline/policy';
import { Database, Problem, type Identity, type Tx } from '@throughline/service';
import { Evaluations } from '../evaluation/evaluations.ts';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import { workKinds } from '../work-kinds.ts';
import { PolicyRows, type NewVersion, type PolicyRow } from './policy-rows.ts';

/** A decision names every policy that it was made by. */
const maxPolicies = 200;
/** Paths beside the policies. */
export const reservedNames = new Set(['bundles', 'changes', 'keys', 'test', 'replay', 'replays']);

/** A policy that was read, with what became of its cases. */
export interface ReadPolicy {
  readonly policy: PublishedPolicy;
  readonly cases: readonly CaseOutcome[];
}

/** What is in force, and what a policy has to be before it may be: read, and tried on its own cases. */
@Injectable()
export class Policies {
  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
    private readonly evaluations: Evaluations,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
  ) {}

  async read(name: string): Promise<PolicyRow> {
    const row = await this.database.transaction((tx) => this.table.find(tx, name));
    if (!row) throw new Problem(404, 'not_found', `there is no policy ${name}`);
    return row;
  }

  page(after: string, limit: number): Promise<readonly PolicyRow[]> {
    return this.database.transaction((tx) => this.table.page(tx, after, limit));
  }

  history(name: string, before: number, limit: number): Promise<readonly PolicyRow[]> {
    return this.database.transaction((tx) => this.table.history(tx, name, before, limit));
  }

  /** Reads a document and runs its cases; throws `Problem` 422 with every flaw. */
  async test(source: string): Promise<ReadPolicy> {
    const reading = await this.evaluations.read(source, 1);
    if ('flaws' in reading) throw new Problem(422, 'policy_refused', 'the policy cannot be read', reading.flaws);
    return reading;
  }

  /** A document for the policy of this name, whose own cases pass. Throws `Problem` 422. */
  async tried(name: string, source: string): Promise<ReadPolicy> {
    const read = await this.test(source);
    if (read.policy.document.name !== name)
      throw new Problem(422, 'policy_refused', 'the policy has another name', [{ pointer: '/name', detail: `must be ${name}` }]);
    if (reservedNames.has(name)) throw new Problem(422, 'policy_refused', `no policy can be called ${name}: that is a path of its own`);
    refuseFailing(read.cases);
    return read;
  }

  /** Takes a policy out of force; whoever calls this publishes a bundle after it. */
  async takeAway(tx: Tx, name: string): Promise<void> {
    await this.table.remove(tx, name);
    await this.work.add(tx, { kind: workKinds.judgeHeads, payload: {}, priority: 'bulk' });
  }

  async refuseTooMany(tx: Tx, more = 0): Promise<void> {
    if ((await this.table.inForce(tx)).length + more <= maxPolicies) return;
    throw new Problem(409, 'too_many', `there are ${maxPolicies} policies already, which is all that one decision can name`);
  }

  /** Puts a version in force; what was judged by the one before is judged again. Whoever calls this publishes a bundle after it. */
  async putInForce(tx: Tx, version: NewVersion): Promise<PolicyRow> {
    const row = await this.table.publish(tx, version);
    const { name, digest, document, by } = row;
    const fact = make(PolicyPublished, { name, version: row.version, digest, gates: [...document.gates], mode: document.mode, by });
    await this.outbox.add(tx, { fact, deliveryKey: `policy ${name} ${row.version}`, sequence: row.version });
    await this.work.add(tx, { kind: workKinds.judgeHeads, payload: {}, priority: 'bulk', dedupe: 'policies' });
    return row;
  }
}

/** Policies hold for every application. */
export function refuseNarrow(caller: Identity): void {
  if (caller.applications !== '*')
    throw new Problem(403, 'out_of_scope', 'policies hold for all applications, your token covers only some');
}

function refuseFailing(cases: readonly CaseOutcome[]): void {
  const errors = cases.flatMap(({ name, passed, difference }, index) =>
    passed ? [] : [{ pointer: `/cases/${index}`, detail: `"${name}": ${difference ?? 'failed'}` }],
  );
  if (errors.length > 0) throw new Problem(422, 'policy_refused', `${errors.length} of its own cases fail`, errors.slice(0, 50));
}
