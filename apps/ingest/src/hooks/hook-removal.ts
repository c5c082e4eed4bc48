import { Injectable, type OnModuleInit } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { RepositoryRemovals, WorkQueue, type Lease } from '@throughline/messaging';
import { findScmProvider, ScmCallFailed } from '@throughline/scm';
import { Log, rows, Sealer, type Tx } from '@throughline/service';
import { ScmApis } from '../sources/scm-apis.ts';
import { knownSource, selectSources, type SourceRow } from '../sources/source-rows.ts';
import { faultOf } from './hook-faults.ts';

const removalKind = 'remove-hook';

/** A webhook that is to go; its repository and its source may be gone by then, so what opens the host comes along, sealed. */
interface LeftHook {
  readonly id: string;
  readonly provider: string;
  readonly apiUrl: string;
  readonly fullName: string;
  readonly hook: string;
  /** Base64. */
  readonly sealed: string;
}

interface KeptRow {
  readonly full_name: string;
  readonly source_id: string;
  readonly hook: string;
}

const kept = `
  select repository.full_name, repository.source_id, kept.hook from kept_hook kept join repository on repository.id = kept.repository_id
  where repository.repository = $1 and kept.hook is not null and repository.source_id is not null`;

const placeOf = (id: string): { table: string; row: string; field: string } => ({ table: 'work', row: id, field: 'authorization' });

/** Takes the webhooks away that we made, when their repository or their source is removed. */
@Injectable()
export class HookRemoval implements OnModuleInit {
  constructor(
    private readonly removals: RepositoryRemovals,
    private readonly work: WorkQueue,
    private readonly sealer: Sealer,
    private readonly apis: ScmApis,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval((tx, repository) => this.leave(tx, repository));
    this.work.handle<LeftHook>(removalKind, { concurrency: 1, leaseSeconds: 60, maxAttempts: 6 }, (lease) => this.remove(lease));
  }

  private async leave(tx: Tx, repository: string): Promise<void> {
    const [row] = await rows<KeptRow>(tx, kept, [repository]);
    const [stored] = row ? await rows<SourceRow>(tx, `${selectSources} where source.id = $1 group by source.id`, [row.source_id]) : [];
    const source = stored && knownSource(stored, this.sealer);
    const to = source && this.apis.of(source);
    if (!row || !source || !to?.authorization) return;
    const id = uuidv7();
    const sealed = this.sealer.seal(to.authorization, placeOf(id)).toString('base64');
    const payload: LeftHook = {
      id,
      provider: source.provider.name,
      apiUrl: to.apiUrl,
      fullName: row.full_name,
      hook: row.hook,
      sealed,
    };
    await this.work.add(tx, { kind: removalKind, payload, priority: 'bulk' });
  }

  /** A host that refuses keeps it: its deliveries are answered 401 from then on. */
  private async remove({ payload }: Lease<LeftHook>): Promise<void> {
    const { id, apiUrl, fullName, hook } = payload;
    const authorization = this.sealer.open(Buffer.from(payload.sealed, 'base64'), placeOf(id)).toString('utf8');
    try {
      await findScmProvider(payload.provider)?.hooks?.(this.apis.at(apiUrl, authorization)).remove(fullName, hook);
    } catch (error) {
      if (!(error instanceof ScmCallFailed) || error.retryable) throw error;
      this.log.warn({ repository: fullName, reason: faultOf(error) }, 'a webhook could not be taken away at its host');
    }
  }
}
