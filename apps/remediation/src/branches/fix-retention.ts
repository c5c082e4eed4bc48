import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention } from '@throughline/messaging';

/** As long as the facts that tell of it. */
const keptDays = 400;

/** What a person rejected stays rejected, and a fix that is open ends before its proposal does; the others go with it. */
const proposals = `
  delete from proposals where id in (
    select id from proposals p where state = 'gone' and updated_at < $1
      and not exists (select 1 from fixes where proposal = p.id and state in ('approved', 'open', 'undoing'))
    order by updated_at limit $2
  ) returning 1`;

/** A line that nobody evaluates any more. */
const lines = `
  delete from line_findings where (repository, line, tool) in (
    select repository, line, tool from line_findings where updated_at < $1 order by updated_at limit $2
  ) returning 1`;

/** Ends proposals whose findings are long gone, and what lines had when they were last looked at. */
@Injectable()
export class FixRetention implements OnModuleInit {
  constructor(private readonly retention: Retention) {}

  onModuleInit(): void {
    this.retention.keep('proposals', keptDays, proposals);
    this.retention.keep('lines', keptDays, lines);
  }
}
