import { Injectable } from '@nestjs/common';
import { ScmCallFailed, statusContext } from '@throughline/scm';
import { Database, Log, Problem } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { protectionFault, type ProtectionFault } from './protection-fault.ts';

/** Kind of the work that looks at the protection of one repository. */
export const visitKind = 'visit-protection';

interface SeenRow {
  readonly id: string;
  readonly repository: string;
  readonly full_name: string;
  readonly default_branch: string;
  readonly source_id: string;
  readonly fault: string | null;
}

const read = `
  select repository.id, repository.repository, full_name, default_branch, source_id, seen.fault
  from repository left join seen_protection seen on seen.repository_id = repository.id
  where repository.id = $1 and source_id is not null and full_name is not null and default_branch is not null`;
const note = `
  insert into seen_protection (repository_id, fault, state) select id, $2, $3 from repository where id = $1
  on conflict (repository_id) do update set fault = excluded.fault, state = excluded.state, checked_at = now()`;

/** Looks whether a default branch takes changes only with our check, and only from us. */
@Injectable()
export class ProtectionVisits {
  constructor(
    private readonly database: Database,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly log: Log,
  ) {}

  async visit(repository: string): Promise<void> {
    const [row] = await this.database.rows<SeenRow>(read, [repository]);
    const source = row && (await this.directory.find(row.source_id));
    if (!row || !source) return;
    const found = await this.faultOf(row, source);
    const fault = found?.detail ?? null;
    await this.database.rows(note, [row.id, fault, found?.state ?? 'right']);
    if (fault !== row.fault) this.log.info({ repository: row.repository, fault }, 'what a branch requires of changes was seen');
  }

  private async faultOf({ full_name, default_branch }: SeenRow, source: KnownSource): Promise<ProtectionFault | undefined> {
    try {
      const to = await this.apis.ofRepository(source, full_name);
      const look = to?.authorization === undefined ? undefined : source.provider.requiredChecks?.(to);
      if (!look) return notKnown('the default branch', 'the source has no token');
      return protectionFault(default_branch, await look(full_name, default_branch, statusContext), source.app?.id);
    } catch (error) {
      if (!(error instanceof ScmCallFailed || error instanceof Problem)) throw error;
      return notKnown(default_branch, error.message);
    }
  }
}

function notKnown(branch: string, why: string): ProtectionFault {
  return { state: 'unknown', detail: `it is not known what ${branch} requires: ${why}`.slice(0, 500) };
}
