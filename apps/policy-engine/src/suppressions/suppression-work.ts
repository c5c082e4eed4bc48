import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ReadSuppressions } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, InternalClient } from '@throughline/service';
import { workKinds, type RepositoryWork as Payload } from '../work-kinds.ts';
import { BaseFindings } from './base-findings.ts';
import { RepositoryRequests } from './repository-requests.ts';

/** Over two hours: then the scans of that head come to no end, and the next push asks again. */
const mostTries = 130;
const longestWaitMs = 60_000;

/** The work of reading what a default branch asks for, at its owner. */
@Injectable()
export class SuppressionWork implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly client: InternalClient,
    private readonly findings: BaseFindings,
    private readonly requests: RepositoryRequests,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 60, maxAttempts: 10 };
    this.work.handle<Payload>(workKinds.requestFromRepository, options, (lease) => this.take(lease));
  }

  private async take(lease: Lease<Payload>): Promise<void> {
    const { repository, tries = 0 } = lease.payload;
    const path = '/internal/suppressions';
    const read = await this.client.call<ReadSuppressions>('scanner-orchestrator', { method: 'GET', path, query: { repository } });
    const { commit, lines } = read;
    const places = lines.some(({ from }) => from !== undefined);
    const findings = commit === undefined || !places ? undefined : await this.findings.at(repository, commit);
    await this.database.transaction(async (tx) => {
      await this.requests.take(tx, repository, read, findings);
      await lease.complete(tx);
      if (places && findings === undefined && tries < mostTries) await this.again(tx, { repository, tries: tries + 1 });
    });
  }

  /** What lies at a line is known when the scans of that head are done. */
  private async again(tx: Parameters<WorkQueue['add']>[0], payload: Payload): Promise<void> {
    const runAfter = new Date(Date.now() + Math.min(longestWaitMs, 1_000 * 2 ** Math.min(6, payload.tries!)));
    const { repository } = payload;
    await this.work.add(tx, {
      ...{ kind: workKinds.requestFromRepository, payload, priority: 'bulk' as const, runAfter },
      dedupe: `${repository} again`,
    });
  }
}
