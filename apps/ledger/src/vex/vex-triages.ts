import { Injectable } from '@nestjs/common';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { writeTriage } from '../findings/triage-changes.ts';
import { workKinds } from '../work-kinds.ts';
import { VexRows, vexPage, type SpokenRow, type VexFinding, type VexSelection } from './vex-rows.ts';
import { acquittal } from './vex-verdict.ts';

const namesPerWork = 1_000;

/** Triage that comes from statements of accounts that are trusted for the product, and goes with them. */
@Injectable()
export class VexTriages {
  constructor(
    private readonly table: VexRows,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
  ) {}

  /** After the findings of a repository, or the versions in it, may have changed. */
  async changed(tx: Tx, repository: string): Promise<void> {
    if (!(await this.table.anyTrust(tx))) return;
    await this.work.add(tx, { kind: workKinds.applyVex, payload: { repository }, key: repository });
  }

  /**
   * Before anybody is told of a run: what it brought may be a version of which no statement speaks, and a gate must not pass
   * it meanwhile.
   */
  async checked(tx: Tx, numbers: readonly string[]): Promise<void> {
    const found = await rows<{ number: string }>(
      tx,
      'select finding_number as number from vex_triage where finding_number = any($1::bigint[]) order by 1',
      [numbers],
    );
    const resting = found.map(({ number }) => number);
    for (const part of chunksOf(resting, vexPage)) await this.applyPage(tx, { numbers: part }, '0');
  }

  /** After what is said about vulnerabilities, or who is trusted, changed. */
  async said(tx: Tx, names: readonly string[]): Promise<void> {
    await this.work.add(tx, ...chunksOf(names, namesPerWork).map((part) => ({ kind: workKinds.applyVex, payload: { names: part } })));
  }

  /** Brings a page of findings in line with what is said; answers the last of them when there may be more. */
  async applyPage(tx: Tx, selection: VexSelection, after: string): Promise<string | undefined> {
    const findings = await this.table.findings(tx, selection, after, 'for update of f');
    const statements = findings.length === 0 ? [] : await this.table.statements(tx, findings);
    for (const finding of findings) await this.bring(tx, finding, acquittal(finding, statements) as SpokenRow | undefined);
    return findings.length === vexPage ? findings.at(-1)!.number : undefined;
  }

  private async bring(tx: Tx, finding: VexFinding, by: SpokenRow | undefined): Promise<void> {
    const { number, triage, holds, statement } = finding;
    if (holds === true && triage === 'not_affected') {
      if (!by) await this.takeBack(tx, finding);
      else if (by.number !== statement)
        await rows(tx, 'update vex_triage set statement_number = $2 where finding_number = $1', [number, by.number]);
      return;
    }
    // Whoever triaged it since knows better than the document.
    if (by && holds === null && (triage === 'new' || triage === 'in_triage')) await this.acquit(tx, finding, by);
  }

  private async acquit(tx: Tx, finding: VexFinding, said: SpokenRow): Promise<void> {
    const why = [said.justification, said.reason].filter((text) => text !== null).join(': ');
    const reason = `VEX of ${said.author}: ${why}`.slice(0, 2000);
    await writeTriage(tx, this.outbox, [{ ...finding, to: 'not_affected' }], { by: said.sentBy, reason });
    await rows(tx, 'insert into vex_triage (finding_number, statement_number, before_triage, revision) values ($1, $2, $3, $4)', [
      ...[finding.number, said.number, finding.triage, finding.revision + 1],
    ]);
  }

  private async takeBack(tx: Tx, finding: VexFinding): Promise<void> {
    const reason = 'no VEX that is trusted says so any more of every version in use';
    await writeTriage(tx, this.outbox, [{ ...finding, to: finding.before! }], { by: 'VEX', reason });
    await rows(tx, 'delete from vex_triage where finding_number = $1', [finding.number]);
  }
}
