import { Controller, Get, Query } from '@nestjs/common';
import { AuditEntry, AuditQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Problem, type Identity } from '@throughline/service';
import { AuditEntries } from './audit-entries.ts';

/** Who did what. */
@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly entries: AuditEntries) {}

  @Get()
  @Access('audit:read')
  @Answers(AuditEntry, {
    list: true,
    description: 'Who changed what and how it ended, newest first; for readers of the whole organisation',
  })
  list(@Query() query: AuditQuery, @Caller() caller: Identity): Promise<Page<AuditEntry>> {
    if (caller.applications !== '*')
      throw new Problem(403, 'out_of_scope', 'the audit log is about all teams: this needs audit:read everywhere');
    return this.entries.page(query);
  }
}
