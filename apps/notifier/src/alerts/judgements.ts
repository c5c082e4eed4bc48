import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { DecisionMade } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { Judgement } from './assessment.ts';
import { lineOf, type LineOfWork } from './line-of-work.ts';

/** A decision out of the JSON that is kept of it. */
export function storedDecision(json: string): DecisionMade {
  return plainToInstance(DecisionMade, JSON.parse(json) as object);
}

/** A gate's undecided decision about a commit, by its revision. */
export interface Undecided {
  readonly repository: string;
  readonly commit: string;
  readonly gate: string;
  readonly revision: number;
}

/** The last decision of each gate about each commit. */
@Injectable()
export class Judgements {
  /** False for a decision that is older than the one known. */
  async keep(tx: Tx, fact: DecisionMade): Promise<boolean> {
    const { repository, commit } = fact.subject;
    const kept = await rows(
      tx,
      `insert into judgements (repository, commit, gate, line, revision, result, decision) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (repository, commit, gate) do update set line = excluded.line, revision = excluded.revision, result = excluded.result,
         decision = excluded.decision, decided_at = clock_timestamp(),
         grace_over = judgements.grace_over and judgements.result = 'undecided' and excluded.result = 'undecided'
       where judgements.revision < excluded.revision
       returning 1`,
      [repository, commit, fact.gate, lineOf(fact.subject).line, fact.revision, fact.result, JSON.stringify(fact)],
    );
    return kept.length > 0;
  }

  /** Worst first: what denies stands before what only waits. */
  async ofCommit(tx: Tx, repository: string, commit: string): Promise<readonly Judgement[]> {
    const found = await rows<{ decision: string; graceOver: boolean }>(
      tx,
      `select decision, grace_over as "graceOver" from judgements where repository = $1 and commit = $2
       order by array_position(array['deny', 'undecided', 'warn', 'pass'], result), gate`,
      [repository, commit],
    );
    return found.map(({ decision, graceOver }) => ({ decision: storedDecision(decision), graceOver }));
  }

  /** The line on which a commit was judged; undefined when it was not. */
  async lineOf(tx: Tx, repository: string, commit: string): Promise<string | undefined> {
    const [judged] = await rows<{ line: string }>(
      tx,
      'select line from judgements where repository = $1 and commit = $2 order by decided_at desc limit 1',
      [repository, commit],
    );
    return judged?.line;
  }

  /** Where the commit stands, when it is still undecided by the same decision. */
  async endGrace(tx: Tx, undecided: Undecided): Promise<(LineOfWork & { readonly commit: string }) | undefined> {
    const [late] = await rows<LineOfWork & { commit: string }>(
      tx,
      `update judgements set grace_over = true
       where repository = $1 and commit = $2 and gate = $3 and revision = $4 and result = 'undecided'
       returning repository, line, commit`,
      [undecided.repository, undecided.commit, undecided.gate, undecided.revision],
    );
    return late;
  }
}
