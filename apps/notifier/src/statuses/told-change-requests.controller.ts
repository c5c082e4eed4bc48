import { Controller, Get, Query } from '@nestjs/common';
import { ChangeRequestQuestion, ToldChangeRequest } from '@throughline/contracts';
import { Answers, Database, Internal, Problem } from '@throughline/service';
import type { NumberedMatter } from './numbered-matters.ts';

interface Row {
  readonly head: string;
  readonly ref: string | null;
  readonly numbered: string;
}

/** Change requests as our comments tell them. */
@Controller('internal/change-requests')
export class ToldChangeRequestsController {
  constructor(private readonly database: Database) {}

  @Get()
  @Internal('gateway')
  @Answers(ToldChangeRequest)
  async read(@Query() { repository, number, item }: ChangeRequestQuestion): Promise<ToldChangeRequest> {
    const sql = 'select head, ref, numbered from change_requests where repository = $1 and number = $2';
    const [row] = await this.database.rows<Row>(sql, [repository, Number(number)]);
    if (!row) throw new Problem(404, 'not_found', 'no open change request of this number is known');
    const { head, ref } = row;
    const asked =
      item === undefined ? undefined : (JSON.parse(row.numbered) as NumberedMatter[]).find((one) => one.number === Number(item));
    return { head, ...(ref !== null && { ref }), ...(item !== undefined && { findings: [...(asked?.findings ?? [])] }) };
  }
}
