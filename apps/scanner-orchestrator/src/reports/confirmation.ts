import { Injectable } from '@nestjs/common';
import type { Report } from '@throughline/contracts';
import { Database, Problem, rows, type Identity } from '@throughline/service';
import { ReportFacts } from './report-facts.ts';
import { ReportList } from './report-list.ts';
import { ReportRows } from './report-rows.ts';

/** A person agrees to what a parked report closes. */
@Injectable()
export class Confirmation {
  constructor(
    private readonly database: Database,
    private readonly list: ReportList,
    private readonly rows: ReportRows,
    private readonly facts: ReportFacts,
  ) {}

  async confirm(id: string, caller: Identity): Promise<Report> {
    await this.list.read(id, caller);
    await this.database.transaction(async (tx) => {
      const row = await this.rows.read(tx, id, 'for update of u');
      if (row?.state !== 'parked')
        throw new Problem(409, 'conflict', `the report does not wait for anybody: it is ${row?.state ?? 'gone'}`);
      await rows(tx, `update uploaded_report set state = 'running', confirmed_by = $2 where id = $1`, [id, caller.name]);
      await this.facts.received(tx, row, true);
    });
    return this.list.read(id, caller);
  }
}
