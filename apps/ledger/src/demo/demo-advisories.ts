import { Injectable } from '@nestjs/common';
import type { DemoLeft } from '@throughline/contracts';
import { Database, Problem, rows } from '@throughline/service';
import { AdvisoryImport, demoFeed, lockAdvisories } from '../advisories/advisory-import.ts';
import { lockVerdicts } from '../advisories/matching.ts';

const left = `
  select ((select count(*) from advisory where demo) + (select count(*) from repository where demo))::int as rows`;

/** The advisories of the demo: they come and go as a whole. */
@Injectable()
export class DemoAdvisories {
  constructor(
    private readonly database: Database,
    private readonly imports: AdvisoryImport,
  ) {}

  /** Throws `Problem` 422 when one is no OSV record. */
  async put(records: readonly object[]): Promise<void> {
    const body = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const { rejectedTotal, rejected } = await this.imports.take(demoFeed, body);
    await this.database.rows('update feed set trusted_for_fixes = true where name = $1', [demoFeed]);
    if (rejectedTotal > 0) throw new Problem(422, 'unprocessable', 'the demo needs OSV records', rejected);
  }

  /** Names, packages, members and verdicts go with the advisories. */
  async remove(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lockAdvisories(tx);
      await lockVerdicts(tx, 'alone');
      for (const table of ['advisory', 'advisory_group', 'ecosystem_data']) await rows(tx, `delete from ${table} where demo`);
      await rows(tx, 'delete from feed where name = $1', [demoFeed]);
    });
  }

  async left(): Promise<DemoLeft> {
    return (await this.database.rows<DemoLeft>(left))[0]!;
  }
}
