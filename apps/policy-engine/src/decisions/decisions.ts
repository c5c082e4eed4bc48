import { Injectable } from '@nestjs/common';
import { DecisionReplay, make, type DecisionQuery } from '@throughline/contracts';
import { canonicalJson, evaluator, type Judgement } from '@throughline/policy';
import { canonicalRepository, Database, decodeCursor, Problem, sees, type Identity } from '@throughline/service';
import { Evaluations } from '../evaluation/evaluations.ts';
import type { Order } from '../evaluation/orders.ts';
import { PoliciesInForce } from '../policies/policies-in-force.ts';
import { DecisionRows, type DecisionFilter, type DecisionRow } from './decision-rows.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Decisions as they were made, and made again from what was kept. */
@Injectable()
export class Decisions {
  constructor(
    private readonly database: Database,
    private readonly table: DecisionRows,
    private readonly evaluations: Evaluations,
    private readonly policies: PoliciesInForce,
  ) {}

  page(query: DecisionQuery, caller: Identity, limit: number): Promise<readonly DecisionRow[]> {
    const filter = filterOf(query);
    return this.database.transaction((tx) => this.table.page(tx, filter, caller, limit));
  }

  async read(id: string, caller: Identity): Promise<DecisionRow> {
    const row = uuid.test(id) ? await this.database.transaction((tx) => this.table.find(tx, id)) : undefined;
    if (!row || !sees(caller, row.application)) throw new Problem(404, 'not_found', `there is no decision ${id}`);
    return row;
  }

  /** The whole input that a decision follows from. */
  async input(id: string, caller: Identity): Promise<{ readonly row: DecisionRow; readonly input: object }> {
    const row = await this.read(id, caller);
    return { row, input: JSON.parse(await this.evaluations.inputOf(await this.orderOf(row))) as object };
  }

  /** Judges the kept input again by the policy versions of then. */
  async replay(id: string, caller: Identity): Promise<DecisionReplay> {
    const row = await this.read(id, caller);
    const { judgement, input } = await this.evaluations.judge(await this.orderOf(row));
    return make(DecisionReplay, {
      identical: comparable(judgement) === comparable(row),
      was: row.result,
      would: judgement.result,
      evaluatorThen: row.evaluator,
      evaluatorNow: evaluator,
      input: input.digest,
    });
  }

  private async orderOf(row: DecisionRow): Promise<Order> {
    const kept = await this.database.transaction((tx) => this.table.inputOf(tx, row.id));
    if (!kept) throw new Problem(410, 'gone', `the input of the decision ${row.id} is not kept any more`);
    return { source: kept, policies: await this.policies.versions(row.policies) };
  }
}

function comparable({
  result,
  reasons,
  audited,
  waived,
  missing,
  policies,
}: Pick<Judgement, 'result' | 'reasons' | 'audited' | 'waived' | 'missing' | 'policies'>): string {
  return canonicalJson({ result, reasons, audited, waived, missing, policies });
}

function filterOf({ repository, cursor, commit, gate, result, application, pullRequest, from, to }: DecisionQuery): DecisionFilter {
  const before = decodeCursor(cursor, 1)?.[0];
  return {
    ...{ commit, gate, result, application, pullRequest, from, to },
    repository: repository === undefined ? undefined : canonicalRepository(repository),
    before: before === undefined ? undefined : String(before),
  };
}
