import { Injectable } from '@nestjs/common';
import { make, Parked, type Detection } from '@throughline/contracts';
import { applyRun, detectionOrder, firstDetection, progressAfter, type AppliedRun, type DetectionChange } from '@throughline/findings';
import { rows, type Tx } from '@throughline/service';
import { chunksOf, given, type Column } from '../bulk.ts';
import { EvaluationRows, type Evaluation, type LineageRow } from './evaluation-rows.ts';

/** What a run has to say about findings. */
export interface Sightings {
  readonly seen: ReadonlySet<string>;
  readonly undecided: ReadonlySet<string>;
}

/** How the findings of a line moved by one run. */
export interface Moves {
  readonly opened: number;
  readonly reopened: number;
  readonly resolved: number;
}

/** What a run did to its line, or would do once a person has agreed. */
export interface Applied {
  readonly moves: Moves;
  readonly parked?: Parked;
}

/** An upload that would close more than this share of what is open in its lineage waits for a person. */
const parkedAbove = 0.2;

const chunkSize = 5_000;
const changeColumns: Readonly<Record<string, Column<DetectionChange>>> = {
  number: { type: 'bigint', of: ({ finding }) => finding },
  before_state: { type: 'text', of: ({ from }) => from },
  after_state: { type: 'text', of: ({ to }) => to },
};

/** The states of findings on their lines, and over all lines. */
@Injectable()
export class Detections {
  constructor(private readonly evaluations: EvaluationRows) {}

  /** Applies a run to its line. */
  async apply(tx: Tx, evaluation: Evaluation, lineage: LineageRow, { seen, undecided }: Sightings): Promise<Applied> {
    const states = await this.statesOf(tx, lineage.id);
    const run: AppliedRun = {
      outcome: evaluation.outcome === 'evaluated' ? 'completed' : 'failed',
      position: evaluation.position,
      closes: evaluation.closes,
      partial: saysOnlyPart(evaluation),
      ...(lineage.applied !== undefined && { applied: lineage.applied }),
      ...(lineage.failed !== undefined && { failed: lineage.failed }),
      undecided,
      retracted: states.size === 0 ? new Set() : await this.retracted(tx, lineage.id),
    };
    const whole = applyRun(states, seen, run);
    const parked = parkedBy(evaluation, whole, states);
    if (parked) await this.evaluations.park(tx, evaluation.id, parked);
    const changes = parked ? applyRun(states, seen, { ...run, closes: false, partial: true }) : whole;
    for (const chunk of chunksOf(changes, chunkSize)) await this.write(tx, evaluation, lineage.id, chunk);
    const heads = run.outcome === 'completed' && run.position >= (run.applied ?? 0);
    await this.evaluations.progress(tx, lineage.id, progressAfter(run), heads ? evaluation.id : undefined);
    // What says only a part takes over from nobody.
    if (heads && !run.partial && !parked) await this.supersede(tx, evaluation, lineage.id, seen);
    return { moves: movesOf(changes), ...(parked && { parked }) };
  }

  private async statesOf(tx: Tx, lineage: string): Promise<ReadonlyMap<string, Detection>> {
    const states = await rows<{ number: string; detection: Detection }>(
      tx,
      'select finding_number as number, detection from finding_state where lineage_id = $1',
      [lineage],
    );
    return new Map(states.map(({ number, detection }) => [number, detection]));
  }

  /** Findings of this line whose advisories were all taken back. */
  private async retracted(tx: Tx, lineage: string): Promise<ReadonlySet<string>> {
    const found = await rows<{ number: string }>(
      tx,
      `select f.number from finding_state s join finding f on f.number = s.finding_number
       where s.lineage_id = $1 and s.detection in ('open', 'not_seen', 'not_evaluated') and f.group_id is not null and not exists (
         select 1 from advisory_group_member m join advisory a on a.id = m.advisory_id
         where m.group_id = f.group_id and a.withdrawn_at is null and a.retracted_at is null)`,
      [lineage],
    );
    return new Set(found.map(({ number }) => number));
  }

  /**
   * Another ruleset of the same tool speaks for this line from now on. What only the former one saw cannot be compared: it
   * is neither open nor fixed.
   */
  private async supersede(tx: Tx, evaluation: Evaluation, lineage: string, seen: ReadonlySet<string>): Promise<void> {
    const former = await rows<{ id: string }>(
      tx,
      `with this as (update lineage set superseded_by = null where id = $1 returning repository, line, tool, assurance, scope)
       update lineage other set superseded_by = $1 from this
       where (other.repository, other.line, other.tool, other.assurance, other.scope) = (this.repository, this.line, this.tool, this.assurance, this.scope)
         and other.id <> $1
         and other.superseded_by is null returning other.id`,
      [lineage],
    );
    const ids = former.map(({ id }) => id);
    if (ids.length === 0) return;
    await rows(tx, 'delete from finding_state where lineage_id = any($1::bigint[]) and finding_number = any($2::bigint[])', [
      ids,
      [...seen],
    ]);
    const lost = await rows<{ finding: string; lineage: string; from: Detection }>(
      tx,
      `select finding_number as finding, lineage_id as lineage, detection as "from" from finding_state
       where lineage_id = any($1::bigint[]) and detection in ('open', 'not_seen')`,
      [ids],
    );
    for (const id of ids) {
      const changes = lost
        .filter((one) => one.lineage === id)
        .map(({ finding, from }) => ({ finding, from, to: 'not_evaluated' as const }));
      if (changes.length > 0) await this.write(tx, evaluation, id, changes);
    }
  }

  private async write(tx: Tx, evaluation: Evaluation, lineage: string, changes: readonly DetectionChange[]): Promise<void> {
    const states = given(changes, changeColumns, 2);
    const events = given(changes, changeColumns, 4);
    const numbers = changes.map(({ finding }) => finding);
    await Promise.all([
      rows(
        tx,
        `insert into finding_state (finding_number, lineage_id, detection) select number, $1, after_state from ${states.sql}
         on conflict (finding_number, lineage_id) do update set detection = excluded.detection, changed_at = now()`,
        [lineage, ...states.params],
      ),
      rows(
        tx,
        `insert into finding_event (finding_number, kind, tool, commit, line, before_state, after_state)
         select number, 'detection', $1, $2, $3, before_state, after_state from ${events.sql}`,
        [evaluation.tool, evaluation.commit, evaluation.ref, ...events.params],
      ),
      // After the states, which it reads.
      this.summarise(tx, numbers),
    ]);
  }

  /** The one state of a finding: that of the line on which it counts most. */
  async summarise(tx: Tx, numbers: readonly string[]): Promise<void> {
    await rows(
      tx,
      `with changed as (
         update finding f set detection = ($2::text[])[best.rank]
         from (select finding_number, min(array_position($2::text[], detection)) as rank from finding_state
               where finding_number = any($1::bigint[]) group by finding_number) as best
         where f.number = best.finding_number and f.detection <> ($2::text[])[best.rank] returning f.number, f.detection)
       update finding_seen seen set detection = changed.detection from changed where seen.finding_number = changed.number`,
      [numbers, detectionOrder],
    );
  }
}

/** What a run may say about findings, by where its line stands; one without a line moves none. */
export function standingOn(
  lineage: LineageRow | undefined,
  run: Pick<Evaluation, 'position' | 'assurance' | 'closes'>,
): { readonly newest: boolean; readonly detection: Detection } {
  if (!lineage) return { newest: false, detection: 'not_seen' };
  return {
    newest: run.position >= (lineage.applied ?? 0),
    detection: firstDetection({ ...lineage, position: run.position, partial: saysOnlyPart(run) }),
  };
}

function saysOnlyPart({ assurance, closes }: Pick<Evaluation, 'assurance' | 'closes'>): boolean {
  return assurance !== 'own' && !closes;
}

const gone: readonly (Detection | undefined)[] = ['resolved', 'retracted'];

/** What an upload closes beyond the share that goes by itself. */
function parkedBy(
  { assurance, agreed }: Evaluation,
  changes: readonly DetectionChange[],
  states: ReadonlyMap<string, Detection>,
): Parked | undefined {
  if (assurance === 'own' || agreed) return undefined;
  const open = [...states.values()].filter((state) => !gone.includes(state)).length;
  const { resolved: wouldResolve } = movesOf(changes);
  return wouldResolve > open * parkedAbove ? make(Parked, { wouldResolve, open }) : undefined;
}

function movesOf(changes: readonly DetectionChange[]): Moves {
  const count = (holds: (change: DetectionChange) => boolean): number => changes.filter(holds).length;
  return {
    opened: count(({ from, to }) => from === undefined && !gone.includes(to)),
    reopened: count(({ from, to }) => from !== undefined && from !== 'not_evaluated' && to === 'open'),
    resolved: count(({ from, to }) => from !== undefined && gone.includes(to)),
  };
}
