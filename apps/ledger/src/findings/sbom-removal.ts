import { Injectable } from '@nestjs/common';
import { Database, Problem, rows, type Identity } from '@throughline/service';
import { lockVerdicts } from '../advisories/matching.ts';
import { SbomList } from '../inventory/sboms/sbom-list.ts';
import { EvaluationRows } from './evaluation-rows.ts';
import { Evaluations } from './evaluations.ts';

/** An image without a repository has its digest where a commit stands. */
const loseReport = `
  update evaluation set report_id = null, outcome = 'not_evaluated', reason = 'its SBOM was deleted', ecosystems = '{}'
  where repository = $1 and report_id = $2 and commit = coalesce(nullif($3, ''), encode($4::bytea, 'hex'))
  returning id`;

/** What stood on it as the newest of its line counts as if it had failed. */
const stepBack = 'update lineage set applied = applied - 1 where head_id = any($1::bigint[])';

const unused = `
  with gone as (
    delete from report where id = $1 and not exists (select 1 from sbom where report_id = $1)
      and not exists (select 1 from evaluation where report_id = $1) returning id)
  delete from sighting where report_id in (select id from gone)`;

/** Takes an SBOM away that somebody sent. */
@Injectable()
export class SbomRemoval {
  constructor(
    private readonly database: Database,
    private readonly sboms: SbomList,
    private readonly evaluations: Evaluations,
    private readonly rows: EvaluationRows,
  ) {}

  /** What only it showed becomes *not evaluated*: a deleted inventory proves nothing, least of all that something was fixed. */
  async remove(id: string, caller: Identity): Promise<void> {
    const { number, report, repository, commit, artifact, generatedBy } = await this.sboms.one(id, caller);
    if (generatedBy !== null)
      throw new Problem(409, 'not_removable', 'this SBOM is the result of a scan, on which decisions lean: the next scan replaces it');
    const digest = Buffer.from((artifact ?? 'sha256:').slice('sha256:'.length), 'hex');
    await this.database.transaction(async (tx) => {
      await lockVerdicts(tx, 'shared');
      await this.rows.lockRepository(tx, repository);
      const gone = await rows(tx, 'delete from sbom where number = $1 returning number', [number]);
      const others = await rows(tx, 'select 1 from sbom where report_id = $1 and repository = $2 and commit = $3 limit 1', [
        report,
        repository,
        commit,
      ]);
      if (gone.length === 0 || (others.length > 0 && commit !== '')) return;
      const lost = await rows<{ id: string }>(tx, loseReport, [repository, report, commit, digest]);
      const ids = lost.map((evaluation) => evaluation.id);
      await rows(tx, stepBack, [ids]);
      await this.evaluations.again(tx, ids);
      await rows(tx, unused, [report]);
    });
  }
}
