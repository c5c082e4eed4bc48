import { Body, Controller, Post } from '@nestjs/common';
import { ProtectionRequest, RepositoryProtection } from '@throughline/contracts';
import { Answers, Database, Internal, Problem } from '@throughline/service';
import { repositoryProtection } from '../sources/protection-state.ts';

@Controller('internal/repositories')
export class ProtectionsController {
  constructor(private readonly database: Database) {}

  /** What the default branch of a repository requires of changes, as it was seen last. */
  @Post('protection')
  @Internal('notifier')
  @Answers(RepositoryProtection, { status: 200 })
  async read(@Body() { repository }: ProtectionRequest): Promise<RepositoryProtection> {
    const [row] = await this.database.rows<{ id: string }>('select id from repository where repository = $1', [repository]);
    if (!row) throw new Problem(404, 'not_found', `there is no repository ${repository}`);
    return repositoryProtection(this.database, row.id);
  }
}
