import { Injectable } from '@nestjs/common';
import { make, ReplayedDecision, type Result } from '@throughline/contracts';
import type { PolicyDocument, Reason } from '@throughline/policy';
import { Database } from '@throughline/service';
import { subjectOf } from '../decisions/decision-fact.ts';
import { DecisionRows, type DecisionRow } from '../decisions/decision-rows.ts';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import type { PolicyRow } from '../policies/policy-rows.ts';
import { Judging } from '../replay/judging.ts';

const days = 30;
const atOnce = 50;
const mostRead = 2_000;
const mostJudged = 300;
const mostNamed = 50;
const withinMs = 10_000;
const everything = { kind: 'user', id: 'narrowing', name: 'narrowing', rights: [], applications: '*' } as const;

/** Finds what cannot be read off a document: an expression that no longer takes hold where it did. */
@Injectable()
export class Narrowing {
  constructor(
    private readonly database: Database,
    private readonly decisions: DecisionRows,
    private readonly judging: Judging,
  ) {}

  /** Denials to which this policy led, and to which another text of it would lead no more or with less: the latest, in bounded time. */
  async of(before: PolicyRow | undefined, after: Omit<PublishedPolicy, 'version'>): Promise<readonly ReplayedDecision[]> {
    if (before?.document.mode !== 'enforce' || sameReach(before.document, after.document)) return [];
    const until = Date.now() + withinMs;
    const found: ReplayedDecision[] = [];
    let judged = 0;
    for await (const row of this.denialsBy(before)) {
      if (judged === mostJudged || found.length === mostNamed || Date.now() > until) break;
      judged += 1;
      const judgement = await this.judging.with(row, { ...after, version: before.version + 1 });
      if (!judgement || judgement.result === 'undecided') continue;
      if (blocksLess(denialBy(before.name, row.reasons), denialBy(before.name, judgement.reasons)))
        found.push(changeOf(row, judgement.result));
    }
    return found;
  }

  private async *denialsBy({ name, document }: PolicyRow): AsyncGenerator<DecisionRow> {
    const filter = { result: 'deny', gates: document.gates, from: new Date(Date.now() - days * 86_400_000).toISOString() } as const;
    let before: string | undefined;
    for (let read = 0; read < mostRead; read += atOnce) {
      const after = before === undefined ? filter : { ...filter, before };
      const page = await this.database.transaction((tx) => this.decisions.page(tx, after, everything, atOnce));
      yield* page.filter(({ reasons }) => denialBy(name, reasons) !== undefined);
      if (page.length < atOnce) return;
      before = page.at(-1)!.id;
    }
  }
}

/** What would bite less, in words; nothing where no denial would. */
export function narrowerIn(affected: readonly ReplayedDecision[]): readonly string[] {
  const [latest] = affected;
  if (!latest) return [];
  const { repository, commit } = latest.subject;
  return [
    `it would block less in ${affected.length} of its denials of the last ${days} days, the latest of ${repository} at ${commit.slice(0, 12)}`,
  ];
}

function sameReach(before: PolicyDocument, after: PolicyDocument): boolean {
  return before.each === after.each && before.select === after.select && before.when === after.when && before.warnOnly === after.warnOnly;
}

function denialBy(name: string, reasons: readonly Reason[]): Reason | undefined {
  return reasons.find(({ policy, effect }) => policy === name && effect === 'deny');
}

/** Only ten findings of a reason are named: beyond that their number has to do. */
function blocksLess(before: Reason | undefined, after: Reason | undefined): boolean {
  if (!before || !after) return before !== undefined;
  const named = new Set(after.findings.map(({ id }) => id));
  return after.total < before.total || (named.size === after.total && before.findings.some(({ id }) => !named.has(id)));
}

function changeOf(row: DecisionRow, would: Result): ReplayedDecision {
  return make(ReplayedDecision, { decision: row.id, gate: row.gate, subject: subjectOf(row), was: row.result, would });
}
