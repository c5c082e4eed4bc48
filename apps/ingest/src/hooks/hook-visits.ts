import { Injectable } from '@nestjs/common';
import { ScmCallFailed } from '@throughline/scm';
import { Database, Log, ServiceConfig } from '@throughline/service';
import { hookUrl } from '../sources/hook-url.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { faultOf, unreachable } from './hook-faults.ts';

/** Kind of the work that looks at the webhook of one repository. */
export const visitKind = 'visit-hook';

/** A repository whose webhook is kept, and what is known of it. */
interface KeptRow {
  readonly id: string;
  readonly repository: string;
  readonly full_name: string;
  readonly source_id: string;
  readonly hook: string | null;
  readonly secret_id: string | null;
  readonly fault: string | null;
}

/** What a visit found or made. */
interface Visited {
  readonly hook: string | null;
  readonly secret: string | null;
  readonly fault: string | null;
}

const read = `
  select repository.id, repository.repository, repository.full_name, repository.source_id, kept.hook, kept.secret_id, kept.fault
  from repository join source on source.id = repository.source_id left join kept_hook kept on kept.repository_id = repository.id
  where repository.id = $1 and source.keeps_hooks and repository.full_name is not null`;

const note = `
  insert into kept_hook (repository_id, hook, secret_id, fault) select id, $2, $3, $4 from repository where id = $1
  on conflict (repository_id) do update
    set hook = excluded.hook, secret_id = excluded.secret_id, fault = excluded.fault, checked_at = now()`;

/** Sees to it that a repository has our webhook, with our address and newest signing key. */
@Injectable()
export class HookVisits {
  constructor(
    private readonly database: Database,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly config: ServiceConfig,
    private readonly log: Log,
  ) {}

  /** What is wrong is noted for people; the next round tries again. */
  async visit(repository: string): Promise<void> {
    const [row] = await this.database.rows<KeptRow>(read, [repository]);
    const source = row && (await this.directory.find(row.source_id));
    if (!row || !source) return;
    const { hook, secret, fault } = await this.attempt(row, source);
    await this.database.rows(note, [row.id, hook, secret, fault]);
    if (fault !== row.fault) this.log.info({ repository: row.repository, fault }, 'the state of a webhook changed');
  }

  private async attempt(row: KeptRow, source: KnownSource): Promise<Visited> {
    try {
      return await this.keep(row, source);
    } catch (error) {
      if (!(error instanceof ScmCallFailed)) throw error;
      return { hook: row.hook, secret: row.secret_id, fault: faultOf(error) };
    }
  }

  private async keep(row: KeptRow, source: KnownSource): Promise<Visited> {
    const to = this.apis.of(source);
    const [newest] = source.secrets;
    const failed = (fault: string): Visited => ({ hook: row.hook, secret: row.secret_id, fault });
    if (!source.provider.hooks || !to?.authorization || !newest)
      return failed('the source has no token: it ended when an address was changed');
    if (unreachable(this.config.publicUrl, to.apiUrl))
      return failed(`${this.config.publicUrl} cannot be reached from there: set PUBLIC_URL`);
    const wanted = { url: hookUrl(this.config.linkBase, source.id), secret: newest.value };
    const hooks = source.provider.hooks(to);
    const found = await hooks.find(row.full_name, wanted.url);
    if (!found) return { hook: await hooks.create(row.full_name, wanted), secret: newest.id, fault: null };
    // Hosts never show the signing key: whether it is the newest is known from what it was last given.
    const right = found.faults.length === 0 && row.secret_id === newest.id;
    if (!right) await hooks.update(row.full_name, found.id, wanted);
    return { hook: found.id, secret: newest.id, fault: null };
  }
}
