import { Controller, Get, Query } from '@nestjs/common';
import { make, ReadSuppression, ReadSuppressions, SuppressionsQuery } from '@throughline/contracts';
import { Answers, Database, Internal } from '@throughline/service';
import { ReadingRows, type AuthoredSuppression } from './reading-rows.ts';

@Controller('internal/suppressions')
export class SuppressionsController {
  constructor(
    private readonly database: Database,
    private readonly table: ReadingRows,
  ) {}

  /** Who makes requests for exceptions of it reads it here. */
  @Get()
  @Internal('policy-engine')
  @Answers(ReadSuppressions)
  async read(@Query() { repository }: SuppressionsQuery): Promise<ReadSuppressions> {
    const found = await this.database.transaction((tx) => this.table.find(tx, repository));
    return make(ReadSuppressions, { ...(found && { commit: found.commit }), lines: (found?.lines ?? []).map(answerOf) });
  }
}

function answerOf({ key, tool, file, line, mark, reason, until, unread, covers, by }: AuthoredSuppression): ReadSuppression {
  const { lines, ...about } = covers ?? {};
  return make(ReadSuppression, {
    ...{ key, tool, file, line, mark, ...about },
    ...(lines && { from: lines.from, to: lines.to, ...(lines.last && { last: true }) }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
    ...(unread !== undefined && { unread }),
    author: by?.author ?? 'unknown',
    ...(by && { authoredAt: by.at, ...(by.email !== '' && { email: by.email }) }),
  });
}
