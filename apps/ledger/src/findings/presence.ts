import { Injectable } from '@nestjs/common';
import type { NotEvaluated } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { isDataOf } from '../advisories/guises.ts';
import type { SeenAt } from './evaluated-fact.ts';
import type { Evaluation } from './evaluation-rows.ts';
import { FindingRows, type Scope } from './finding-rows.ts';
import { Reports } from './reports.ts';
import { ComponentVulnerabilities } from './vulnerabilities.ts';

/** What an item has at its subject today. */
export interface Present {
  readonly seen: ReadonlyMap<string, SeenAt>;
  /** Findings on which today's data do not decide. */
  readonly undecided: ReadonlySet<string>;
  readonly notEvaluated: readonly NotEvaluated[];
}

/** Findings at a subject: what the report says, and what today's advisories say about its components. */
@Injectable()
export class Presence {
  constructor(
    private readonly reports: Reports,
    private readonly vulnerabilities: ComponentVulnerabilities,
    private readonly findings: FindingRows,
  ) {}

  async of(tx: Tx, evaluation: Evaluation, scope: Scope): Promise<Present> {
    if (evaluation.outcome === 'not_evaluated' || evaluation.report === null) {
      return { seen: new Map(), undecided: new Set(), notEvaluated: [failure(evaluation)] };
    }
    const [reported, { sighted, undecided, notEvaluated }] = await Promise.all([
      this.reports.findingsIn(tx, evaluation.report),
      this.vulnerabilities.of(tx, evaluation.report, scope),
    ]);
    const seen = new Map<string, SeenAt>(reported);
    const numbers = await this.findings.resolve(tx, scope, sighted);
    for (const [index, { places, vulnerability }] of sighted.entries()) {
      const { purl, fixedIn, trustedFix } = vulnerability!;
      seen.set(numbers[index]!, {
        ...places[0],
        purl,
        ...(fixedIn !== undefined && { fixedIn }),
        ...(trustedFix !== undefined && { trustedFix }),
      });
    }
    const [open, blind] = await Promise.all([
      this.findings.numbersOf(tx, undecided),
      this.withoutData(tx, evaluation.ecosystems, scope.ownership.demo),
    ]);
    return { seen, undecided: new Set(open.values()), notEvaluated: [...blind, ...notEvaluated] };
  }

  /** Ecosystems about which no advisory is known: nothing found there means nothing. */
  private async withoutData(tx: Tx, ecosystems: readonly string[], demo: boolean): Promise<readonly NotEvaluated[]> {
    if (ecosystems.length === 0) return [];
    const sql = "select ecosystem from ecosystem_data where split_part(ecosystem, ':', 1) = any($1::text[]) and demo = $2";
    const known = await rows<{ ecosystem: string }>(tx, sql, [ecosystems.map((name) => name.split(':')[0]), demo]);
    const blind = ecosystems.filter((name) => !known.some(({ ecosystem }) => isDataOf(ecosystem, name)));
    return blind.map((name) => ({ what: name, reason: `no advisory data for ${name}` }));
  }
}

function failure({ tool, reason }: Evaluation): NotEvaluated {
  return { what: tool, reason: (reason ?? 'the run failed').slice(0, 300) };
}
