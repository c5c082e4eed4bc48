import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RepositoryProtection } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, InternalClient, Problem, rows } from '@throughline/service';
import { mergeColumns, whatOf, type UnpassedMerge } from './gate-bypass-alert.ts';
import { GateBypasses, pushKind, type Unjudged } from './gate-bypasses.ts';
import { HostWord } from './host-word.ts';

const read = `select ${mergeColumns} from unpassed_merges where repository = $1 and what = $2`;
/** Where something asks for our check; of `another_app` nothing that we say counts, so nobody passed us over. */
const requiring: readonly RepositoryProtection['state'][] = ['right', 'anybody', 'passed_over'];

/** Looks at pushes when their grace is over: only where the branch requires our check was anything passed over. */
@Injectable()
export class DirectPushes implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly internal: InternalClient,
    private readonly bypasses: GateBypasses,
    private readonly host: HostWord,
  ) {}

  onModuleInit(): void {
    this.work.handle<Unjudged>(pushKind, { concurrency: 2, leaseSeconds: 30, maxAttempts: 20 }, (lease) => this.graceOver(lease));
  }

  private async graceOver(lease: Lease<Unjudged>): Promise<void> {
    const { repository } = lease.payload;
    const which = [repository, whatOf(lease.payload)];
    const [push] = await this.database.rows<UnpassedMerge>(read, which);
    if (!push || push.alert !== null) return;
    const required = await this.isRequired(push);
    await this.database.transaction(async (tx) => {
      if (!required) await rows(tx, 'delete from unpassed_merges where repository = $1 and what = $2 and alert is null', which);
      const told = required ? await this.bypasses.settled(tx, lease.payload) : undefined;
      if (told) await this.host.wanted(tx, told);
      await lease.complete(tx);
    });
  }

  /** As its host was asked last; a repository that is gone requires nothing any more. */
  private async isRequired({ repository, baseRef }: UnpassedMerge): Promise<boolean> {
    try {
      const call = { method: 'POST', path: '/internal/repositories/protection', body: { repository } } as const;
      const { state, branch } = await this.internal.call<RepositoryProtection>('ingest', call);
      return requiring.includes(state) && branch !== undefined && baseRef === `refs/heads/${branch}`;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return false;
      throw error;
    }
  }
}
