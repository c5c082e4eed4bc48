import { Injectable } from '@nestjs/common';
import type { Judgement } from '@throughline/policy';
import { Database } from '@throughline/service';
import { DecisionRows, type DecisionRow } from '../decisions/decision-rows.ts';
import { Evaluations } from '../evaluation/evaluations.ts';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import { PoliciesInForce } from '../policies/policies-in-force.ts';

/** What a decision would have been, had one policy been another. */
@Injectable()
export class Judging {
  constructor(
    private readonly database: Database,
    private readonly decisions: DecisionRows,
    private readonly policies: PoliciesInForce,
    private readonly evaluations: Evaluations,
  ) {}

  /** Undefined when the input is not kept any more. */
  async with(row: DecisionRow, policy: PublishedPolicy): Promise<Judgement | undefined> {
    const kept = await this.database.transaction((tx) => this.decisions.inputOf(tx, row.id));
    if (!kept) return undefined;
    const others = row.policies.filter(({ name }) => name !== policy.document.name);
    const then = await this.policies.versions(others);
    return (await this.evaluations.judge({ source: kept, policies: [...then, policy] })).judgement;
  }
}
