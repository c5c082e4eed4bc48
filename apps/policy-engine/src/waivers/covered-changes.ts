import { Injectable } from '@nestjs/common';
import { waives, type Facts, type Reason, type Waiver } from '@throughline/policy';
import { Database, rows, type Tx } from '@throughline/service';
import { DecisionRows } from '../decisions/decision-rows.ts';
import { Evaluations } from '../evaluation/evaluations.ts';
import type { Change } from '../facts/change-people.ts';
import { changeRequestLine } from '../facts/lines.ts';
import { repositoriesOf } from './waiver-effects.ts';
import type { WaiverRow } from './waiver-rows.ts';

interface Head extends Change {
  readonly decision: string;
}

interface Decided {
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  readonly pullRequest: number | null;
}

const maxHeads = 100;
const maxDecisions = 1000;

/** Finds the changes that a waiver lets through: what they add is covered by it. */
@Injectable()
export class CoveredChanges {
  constructor(
    private readonly database: Database,
    private readonly decisions: DecisionRows,
    private readonly evaluations: Evaluations,
  ) {}

  /** Changes that were stopped by what it names, and the heads of today at which it is new; the latest of each. */
  async of(row: WaiverRow, waiver: Waiver): Promise<readonly Change[]> {
    const repositories = await this.database.transaction((tx) => repositoriesOf(tx, row));
    const changes = await this.database.transaction((tx) => this.stopped(tx, row, repositories));
    const at = new Date().toISOString();
    for (const head of await this.database.transaction((tx) => this.heads(tx, repositories))) {
      if (await this.adds(head, { ...waiver, from: at }, at)) changes.push(head);
    }
    return changes;
  }

  /** By decisions that name one of its findings as new, and by the one that it was asked for. */
  private async stopped(tx: Tx, { content }: WaiverRow, repositories: readonly string[] | null): Promise<Change[]> {
    const ids = new Set(content.scope.findings?.map(({ id }) => id));
    const decided = content.decision === undefined ? undefined : await this.decisions.find(tx, content.decision);
    const changes = decided ? [changeOf(decided)] : [];
    if (ids.size === 0 || repositories === null) return changes;
    const found = await rows<Decided & { reasons: string }>(
      tx,
      `select * from (
         select repository, commit, ref, pull_request as "pullRequest", reasons from decision
         where repository = any($1::text[]) and gate = 'change' order by id desc limit ${maxDecisions}
       ) as latest where reasons like any($2::text[])`,
      [repositories, [...ids].map((id) => `%"${id}"%`)],
    );
    const names = ({ reasons }: { reasons: string }): boolean =>
      (JSON.parse(reasons) as Reason[]).some((reason) => reason.new && reason.findings.some(({ id }) => ids.has(id)));
    return [...changes, ...found.filter(names).map(changeOf)];
  }

  private heads(tx: Tx, repositories: readonly string[] | null): Promise<readonly Head[]> {
    return rows<Head>(
      tx,
      `select head.repository, head.commit, head.line, verdict.decision from line_head head
       join subject on subject.repository = head.repository and subject.commit = head.commit
       join verdict on verdict.subject_id = subject.id and verdict.gate = 'change'
       where $1::text[] is null or head.repository = any($1::text[]) order by head.moved_at desc limit ${maxHeads}`,
      [repositories],
    );
  }

  /** By the input of its last decision: what was judged, whatever was waived then. */
  private async adds({ decision, repository }: Head, waiver: Waiver, at: string): Promise<boolean> {
    const kept = await this.database.transaction((tx) => this.decisions.inputOf(tx, decision));
    if (!kept) return false;
    const input = JSON.parse(await this.evaluations.inputOf({ source: kept, policies: [] })) as {
      facts: Facts;
      tolerance: { application: string };
    };
    const { application } = input.tolerance;
    return input.facts.findings.some((finding) => finding.new && waives(waiver, { ...finding, repository, application }, at));
  }
}

function changeOf({ repository, commit, ref, pullRequest }: Decided): Change {
  return { repository, commit, line: pullRequest === null ? ref : changeRequestLine(pullRequest) };
}
