import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  FindingsEvaluated,
  FindingState,
  LicenceCount,
  make,
  NotEvaluated,
  severities,
  SeverityTotals,
  type Detection,
  type Envelope,
  type FindingClass,
  type Triage,
} from '@throughline/contracts';
import { Blobs } from '@throughline/blobs';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { isDataOf } from '../advisories/guises.ts';
import { isImageScope } from '../inventory/sboms/image-scope.ts';
import type { Moves } from './detections.ts';
import { EvaluationRows, standingOf, subjectOf, type Evaluation } from './evaluation-rows.ts';
import { severityAt } from './severity-weight.ts';
import type { Place } from './sighted.ts';

/** What an item has at its subject, and how the line moved by it. */
export interface Result {
  /** Findings with their place in this commit. */
  readonly seen: ReadonlyMap<string, SeenAt>;
  readonly notEvaluated: readonly NotEvaluated[];
  readonly moves: Moves;
}

/** A finding in this commit: a vulnerability with the version that is locked here. */
export interface SeenAt extends Place {
  readonly purl?: string;
  readonly fixedIn?: string;
  readonly trustedFix?: string;
}

interface Shown {
  readonly number: string;
  readonly id: string;
  readonly class: FindingClass;
  readonly rule: string;
  readonly title: string;
  readonly severity: number;
  readonly triage: Triage;
  readonly detection: Detection;
  readonly advisory: string | null;
  readonly cve: string | null;
  readonly knownExploited: boolean;
  readonly epss: number | null;
  readonly tools: string[];
}

/** What fits into a record with some room to spare; longer lists of findings go into a blob. */
const mostBytes = 60 * 1024;
const mostLicenceBytes = 24 * 1024;

/** Tells what is present at a subject, once for each different answer. */
@Injectable()
export class EvaluatedFacts {
  constructor(
    private readonly evaluations: EvaluationRows,
    private readonly outbox: Outbox,
    private readonly blobs: Blobs,
  ) {}

  async tell(tx: Tx, evaluation: Evaluation, result: Result, because?: Envelope): Promise<void> {
    // Decisions are about commits; what an image alone has is shown, and decides nothing yet.
    if (isImageScope(evaluation.repository)) return;
    const [present, licences, dataAsOf] = await Promise.all([
      this.present(tx, result.seen),
      evaluation.report === null ? [] : this.licences(tx, evaluation.report),
      this.dataAsOf(tx, evaluation),
    ]);
    const fact = make(FindingsEvaluated, {
      subject: subjectOf(evaluation),
      seq: evaluation.seq,
      tool: evaluation.tool,
      ruleset: evaluation.ruleset,
      finds: evaluation.finds,
      outcome: evaluation.outcome,
      application: evaluation.application,
      revision: evaluation.revision + 1,
      present,
      totals: totalsOf(present),
      ...result.moves,
      unchanged: Math.max(0, present.length - result.moves.opened - result.moves.reopened),
      notEvaluated: result.notEvaluated.slice(0, 50).map((one) => make(NotEvaluated, { ...one })),
      licences,
      ...dataAsOf,
      ...standingOf(evaluation),
    });
    const digest = contentDigest(fact);
    if (evaluation.published?.equals(digest)) return;
    await this.offload(fact);
    fact.revision = await this.evaluations.published(tx, evaluation.id, digest);
    await this.outbox.add(tx, {
      fact,
      deliveryKey: `evaluation ${evaluation.id} ${fact.revision}`,
      sequence: fact.revision,
      ...(because && { because }),
      ...(fact.presentRef !== undefined && { dataref: fact.presentRef }),
    });
  }

  private async present(tx: Tx, seen: ReadonlyMap<string, SeenAt>): Promise<FindingState[]> {
    if (seen.size === 0) return [];
    const shown = await rows<Shown>(
      tx,
      `select f.number, f.id, f.class, f.rule, f.title, f.severity, f.triage, f.detection, f.advisory, f.cve,
         i.kev_added is not null as "knownExploited", i.epss,
         array(select tool from attribution t where t.finding_number = f.number order by tool limit 20) as tools
       from finding f left join intel i on i.cve = f.cve
       where f.number = any($1::bigint[]) order by f.severity desc, f.number`,
      [[...seen.keys()]],
    );
    return shown.map((finding) => stateOf(finding, seen.get(finding.number)!));
  }

  private async licences(tx: Tx, report: string): Promise<LicenceCount[]> {
    const counted = await rows<LicenceCount>(
      tx,
      `select o.licence, count(distinct v.id)::int as components, (array_agg(distinct left(v.purl, 512)))[1:5] as examples
       from occurrence o join component_version v on v.id = o.component_version_id
       where o.report_id = $1 and o.licence is not null group by o.licence order by components desc, o.licence limit 100`,
      [report],
    );
    const few = [5, 2, 0].map((most) => counted.map((one) => make(LicenceCount, { ...one, examples: one.examples.slice(0, most) })));
    return few.find((list) => Buffer.byteLength(JSON.stringify(list)) <= mostLicenceBytes) ?? few.at(-1)!;
  }

  /** Advisory data are as old as the oldest of the ecosystems that the answer leans on. */
  private async dataAsOf(tx: Tx, { ecosystems, repository }: Evaluation): Promise<{ dataAsOf?: string }> {
    if (ecosystems.length === 0) return {};
    const data = await rows<{ ecosystem: string; asOf: Date }>(
      tx,
      `select ecosystem, as_of as "asOf" from ecosystem_data
       where split_part(ecosystem, ':', 1) = any($1::text[]) and demo = coalesce((select demo from repository where id = $2), false) order by as_of`,
      [ecosystems.map((name) => name.split(':')[0]), repository],
    );
    const oldest = data.find((one) => ecosystems.some((name) => isDataOf(one.ecosystem, name)));
    return oldest ? { dataAsOf: oldest.asOf.toISOString() } : {};
  }

  private async offload(fact: FindingsEvaluated): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(fact)) <= mostBytes) return;
    const lines = fact.present.map((finding) => `${JSON.stringify(finding)}\n`);
    fact.presentRef = (await this.blobs.put(lines.join(''))).digest;
    fact.present = [];
  }
}

function stateOf(finding: Shown, at: SeenAt): FindingState {
  const { id, rule, title, triage, advisory, cve, knownExploited, epss, tools } = finding;
  return make(FindingState, {
    id,
    class: finding.class,
    rule,
    title,
    severity: severityAt(finding.severity),
    triage,
    ...(at.path !== undefined && { path: at.path }),
    ...(at.line !== undefined && { line: at.line }),
    ...(at.purl !== undefined && { purl: at.purl.slice(0, 512) }),
    ...(at.fixedIn !== undefined && { fixedIn: at.fixedIn.slice(0, 128) }),
    ...(at.trustedFix !== undefined && { trustedFix: at.trustedFix.slice(0, 128) }),
    ...(advisory !== null && { advisory }),
    ...(cve !== null && { cve }),
    knownExploited,
    ...(epss !== null && { epss }),
    tools,
  });
}

function totalsOf(present: readonly FindingState[]): SeverityTotals {
  const totals = make(SeverityTotals, { critical: 0, high: 0, medium: 0, low: 0, info: 0 });
  for (const severity of severities) totals[severity] = present.filter((finding) => finding.severity === severity).length;
  return totals;
}

/** What moved and how fresh the data are is no new answer: only what is present counts. */
function contentDigest({ outcome, application, present, notEvaluated, licences, coverage, parked }: FindingsEvaluated): Buffer {
  const content = { outcome, application, present, notEvaluated, licences, coverage, parked };
  return createHash('sha256').update(JSON.stringify(content)).digest();
}
