import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { findScmProvider, ScmCallFailed } from '@throughline/scm';
import { Database, Outbound, rows, type Tx } from '@throughline/service';
import { ProviderCredentials } from '../channels/provider-credentials.ts';
import { GateBypassAlerts } from './gate-bypass-alerts.ts';
import { mergeColumns, whatOf, type UnpassedMerge } from './gate-bypass-alert.ts';

type Asked = Pick<UnpassedMerge, 'repository'> & Partial<Pick<UnpassedMerge, 'what' | 'number'>>;

const kind = 'ask host about merge';
/** Hosts tell of a merge before all of their servers know of it. */
const settlingMs = 5_000;

const read = `select ${mergeColumns} from unpassed_merges where repository = $1 and what = $2`;
const hear = `
  update unpassed_merges set bypass = true where repository = $1 and what = $2 and not bypass returning ${mergeColumns}`;

/** Asks hosts whether they keep themselves that a rule was passed over with a merge or a push; that it had no pass is concluded before. */
@Injectable()
export class HostWord implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly alerts: GateBypassAlerts,
    private readonly work: WorkQueue,
    private readonly credentials: ProviderCredentials,
    private readonly outbound: Outbound,
  ) {}

  onModuleInit(): void {
    this.work.handle<Asked>(kind, { concurrency: 1, leaseSeconds: 60, maxAttempts: 5 }, (lease) => this.ask(lease));
  }

  /** Nothing is asked that was told already. */
  async wanted(tx: Tx, { repository, what, bypass }: UnpassedMerge): Promise<void> {
    if (bypass) return;
    const payload: Asked = { repository, what };
    await this.work.add(tx, { kind, payload, dedupe: `${repository} ${what}`, runAfter: new Date(Date.now() + settlingMs) });
  }

  private async ask(lease: Lease<Asked>): Promise<void> {
    const { repository } = lease.payload;
    const what = whatOf(lease.payload);
    const [merge] = await this.database.rows<UnpassedMerge>(read, [repository, what]);
    if (!merge || !(await this.keeps(merge))) return;
    await this.database.transaction(async (tx) => {
      const [told] = await rows<UnpassedMerge>(tx, hear, [repository, what]);
      if (told && told.alert !== null) await this.alerts.heard(tx, told);
      await lease.complete(tx);
    });
  }

  /** Our App never asks for what this takes: with its token nobody is asked. */
  private async keeps({ repository, number, head, baseRef, ...merge }: UnpassedMerge): Promise<boolean> {
    const commit = number === null ? head : merge.commit;
    const { provider, apiUrl, fullName, authorization, app } = await this.credentials.of(repository);
    if (commit === null || !apiUrl || !fullName || authorization === undefined || app !== undefined) return false;
    const look = findScmProvider(provider)?.ruleBypasses?.({ apiUrl, authorization, dispatcher: this.outbound.dispatcher });
    try {
      return (await look?.(fullName, baseRef, commit)) === true;
    } catch (error) {
      if (error instanceof ScmCallFailed && !error.retryable) return false;
      throw error;
    }
  }
}
