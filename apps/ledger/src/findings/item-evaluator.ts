import { Injectable } from '@nestjs/common';
import type { Envelope } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import type { Ownership } from '../inventory/repositories.ts';
import { VexTriages } from '../vex/vex-triages.ts';
import { WaiverShadows } from '../waivers/waiver-shadows.ts';
import { Detections, standingOn, type Applied, type Moves } from './detections.ts';
import { EvaluatedFacts } from './evaluated-fact.ts';
import type { Evaluation, LineageRow } from './evaluation-rows.ts';
import { Presence } from './presence.ts';

/** In which light an item is evaluated. */
export interface Setting {
  readonly ownership: Ownership;
  /** The line that the item moves; absent for a baseline and for what is no head any more. */
  readonly lineage?: LineageRow;
  /** The fact that brought it. */
  readonly because?: Envelope;
}

const nothingMoved: Moves = { opened: 0, reopened: 0, resolved: 0 };

/** From what is present at a subject to the states of its line and the fact about both. */
@Injectable()
export class ItemEvaluator {
  constructor(
    private readonly presence: Presence,
    private readonly detections: Detections,
    private readonly facts: EvaluatedFacts,
    private readonly waivers: WaiverShadows,
    private readonly vex: VexTriages,
  ) {}

  async evaluate(tx: Tx, evaluation: Evaluation, setting: Setting): Promise<void> {
    const { repository, commit, seq } = evaluation;
    const attributes = { 'throughline.repository': repository, 'throughline.commit': commit, 'throughline.item': seq };
    await inSpan(`evaluate ${evaluation.tool}`, { attributes }, async (span) => {
      const counts = await this.run(tx, evaluation, setting);
      for (const [name, count] of Object.entries(counts)) span.setAttribute(`throughline.findings.${name}`, count);
    });
  }

  private async run(tx: Tx, evaluation: Evaluation, { ownership, lineage, because }: Setting): Promise<Moves & { present: number }> {
    const { repository, commit } = evaluation;
    const { seen, undecided, notEvaluated } = await this.presence.of(tx, evaluation, {
      ...{ repository, commit, ownership, assurance: evaluation.assurance },
      ...standingOn(lineage, evaluation),
    });
    const numbers = new Set(seen.keys());
    await this.attribute(tx, evaluation.tool, numbers);
    const { moves, parked }: Applied = lineage
      ? await this.detections.apply(tx, evaluation, lineage, { seen: numbers, undecided })
      : { moves: nothingMoved };
    await this.vex.checked(tx, [...numbers]);
    const standing = parked ? { ...evaluation, closes: false, parked } : evaluation;
    await this.facts.tell(tx, standing, { seen, notEvaluated, moves }, because);
    if (numbers.size > 0) {
      await this.waivers.changed(tx, repository);
      await this.vex.changed(tx, repository);
    }
    return { ...moves, present: numbers.size };
  }

  private async attribute(tx: Tx, tool: string, numbers: ReadonlySet<string>): Promise<void> {
    if (numbers.size === 0) return;
    const list = [...numbers];
    await Promise.all([
      rows(
        tx,
        `insert into attribution (finding_number, tool) select number, $2 from unnest($1::bigint[]) as given (number)
         on conflict (finding_number, tool) do update set last_seen = now() where attribution.last_seen < now()`,
        [list, tool],
      ),
      // Those that are new have it already.
      rows(tx, 'update finding_seen set last_seen = now() where finding_number = any($1::bigint[]) and last_seen < now()', [list]),
    ]);
  }
}
