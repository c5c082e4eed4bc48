import { Injectable } from '@nestjs/common';
import { make, ReplayedDecision, type Gate, type Result } from '@throughline/contracts';
import { failedIn, type PolicyDocument, type Reason } from '@throughline/policy';
import { Database } from '@throughline/service';
import { subjectOf } from '../decisions/decision-fact.ts';
import { DecisionRows, type DecisionFilter, type DecisionRow } from '../decisions/decision-rows.ts';
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

/** A policy in force, and another text of it. */
export interface Replacement {
  readonly before: PolicyRow;
  readonly after: Omit<PublishedPolicy, 'version'>;
}

/** What came of judging denials again; what could not be looked at weakens, since nobody knows that it does not. */
export interface Narrowed {
  readonly weakens: readonly { readonly policy: string; readonly what: string }[];
  readonly affected: readonly ReplayedDecision[];
}

/** What is known of one replacement. */
interface Look extends Replacement {
  readonly affected: ReplayedDecision[];
  /** Denials of which nobody knows what it would say. */
  unknown: number;
}

/** Finds what cannot be read off a document: an expression that no longer takes hold where it did. */
@Injectable()
export class Narrowing {
  constructor(
    private readonly database: Database,
    private readonly decisions: DecisionRows,
    private readonly judging: Judging,
  ) {}

  /**
   * Denials to which these policies led, and to which their other texts would lead no more or with less: the latest first, and
   * all together within one bound, however many policies change.
   */
  async of(replacements: readonly Replacement[]): Promise<Narrowed> {
    const looks: readonly Look[] = replacements
      .filter(({ before, after }) => before.document.mode === 'enforce' && !sameReach(before.document, after.document))
      .map((replacement) => ({ ...replacement, affected: [], unknown: 0 }));
    if (looks.length === 0) return { weakens: [], affected: [] };
    const unseen = await this.look(looks);
    const affected = new Map(looks.flatMap((look) => look.affected.map((denial) => [denial.decision, denial])));
    return {
      weakens: looks.flatMap((look) => inWords(look, unseen).map((what) => ({ policy: look.before.name, what }))),
      affected: latest([...affected.values()]),
    };
  }

  /** The time up to which denials were not looked at; undefined when all were. */
  private async look(looks: readonly Look[]): Promise<Date | undefined> {
    const until = Date.now() + withinMs;
    let read = 0;
    let judged = 0;
    for await (const row of this.denialsAt([...new Set(looks.flatMap(({ before }) => before.document.gates))])) {
      if (read === mostRead || Date.now() > until) return row.decidedAt;
      read += 1;
      for (const look of looks) {
        if (!denialBy(look.before.name, row.reasons)) continue;
        if (judged === mostJudged || Date.now() > until) return row.decidedAt;
        judged += 1;
        await this.judgeAgain(look, row);
      }
    }
    return undefined;
  }

  private async judgeAgain(look: Look, row: DecisionRow): Promise<void> {
    const { name, version } = look.before;
    const judgement = await this.judging.with(row, { ...look.after, version: version + 1 });
    if (!judgement || failedIn(judgement, name)) look.unknown += 1;
    else if (blocksLess(denialBy(name, row.reasons), denialBy(name, judgement.reasons)))
      look.affected.push(changeOf(row, judgement.result));
  }

  /** The latest first. */
  private async *denialsAt(gates: readonly Gate[]): AsyncGenerator<DecisionRow> {
    const filter = { result: 'deny', gates, from: new Date(Date.now() - days * 86_400_000).toISOString() } as const;
    let page = await this.page(filter);
    while (page.length > 0) {
      yield* page;
      page = page.length < atOnce ? [] : await this.page({ ...filter, before: page.at(-1)!.id });
    }
  }

  private page(filter: DecisionFilter): Promise<readonly DecisionRow[]> {
    return this.database.transaction((tx) => this.decisions.page(tx, filter, everything, atOnce));
  }
}

function inWords({ affected, unknown }: Look, unseen: Date | undefined): readonly string[] {
  const found: string[] = [];
  const its = `its denials of the last ${days} days`;
  const [last] = affected;
  if (last) {
    const { repository, commit } = last.subject;
    found.push(`it would block less in ${affected.length} of ${its}, the latest of ${repository} at ${commit.slice(0, 12)}`);
  }
  if (unknown > 0)
    found.push(
      `nobody knows whether it would block less in ${unknown} of ${its}: their input is not kept any more, or its expression failed`,
    );
  if (unseen)
    found.push(
      `nobody knows whether it would block less in ${its} up to ${unseen.toISOString()}: there was no time to judge them again, or too many`,
    );
  return found;
}

/** Ids rise with time. */
function latest(affected: readonly ReplayedDecision[]): readonly ReplayedDecision[] {
  return [...affected].sort((a, b) => (a.decision < b.decision ? 1 : -1)).slice(0, mostNamed);
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
