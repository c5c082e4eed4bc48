import { Injectable } from '@nestjs/common';
import type { FindingChanged, Triage } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

/** Not true, says a person. An accepted risk is true: waivers are judged, facts are not. */
export function isDismissed(triage: Triage): boolean {
  return triage === 'not_affected' || triage === 'false_positive';
}

/** Keeps what people say about findings; evaluations tell it only when they are made anew. */
@Injectable()
export class TriagedFindings {
  async change(tx: Tx, { repository, finding, triage }: FindingChanged, sequence: number): Promise<void> {
    await rows(
      tx,
      `insert into triaged_finding (repository, finding, dismissed, sequence) values ($1, $2, $3, $4)
       on conflict (repository, finding) do update
       set dismissed = excluded.dismissed, sequence = excluded.sequence, changed_at = clock_timestamp()
       where triaged_finding.sequence < excluded.sequence`,
      [repository, finding, isDismissed(triage), sequence],
    );
  }

  async asOf(tx: Tx, repository: string): Promise<string> {
    const sql = 'select count(*)::text || coalesce(max(changed_at)::text, \'\') as "asOf" from triaged_finding where repository = $1';
    return (await rows<{ asOf: string }>(tx, sql, [repository]))[0]!.asOf;
  }

  async of(tx: Tx, repository: string): Promise<ReadonlyMap<string, boolean>> {
    const found = await rows<{ finding: string; dismissed: boolean }>(
      tx,
      'select finding, dismissed from triaged_finding where repository = $1',
      [repository],
    );
    return new Map(found.map(({ finding, dismissed }) => [finding, dismissed]));
  }
}
