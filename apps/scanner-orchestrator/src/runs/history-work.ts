import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PermanentFailure, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { TreeRefused } from '../runner/git/tree-listing.ts';
import { ScanRefused } from '../runner/scan-refused.ts';
import { ScannerDesk } from '../runner/scanner-desk.ts';
import type { EvidenceRequest } from './evidence-requests.ts';
import { HistoryItems, historyTool } from './history-items.ts';
import { HistoryReports } from './history-reports.ts';
import { historian } from './history-scans.ts';
import { whileRenewed } from './renewed.ts';
import { workKinds } from './work-kinds.ts';

interface Payload {
  readonly request: string;
  /** How often it stood back for its base. */
  readonly waited?: number;
}

const leaseSeconds = 120;
const maxAttempts = 3;
const longestWait = 40;
const waitMs = 15_000;

/**
 * The work of looking for secrets in the history. It is no part of the plan before it is done: a gate does not wait for years of
 * commits. The base comes first, or all that its history holds would look new.
 */
@Injectable()
export class HistoryWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly desk: ScannerDesk,
    private readonly reports: HistoryReports,
    private readonly told: HistoryItems,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(
      workKinds.scanHistory,
      { concurrency: 1, leaseSeconds, maxAttempts, onDead: (lease, tx, error) => this.giveUp(lease, tx, error) },
      (lease) => whileRenewed(lease, (leaseSeconds * 1000) / 3, () => this.scan(lease)),
    );
  }

  private async scan(lease: Lease<Payload>): Promise<void> {
    const { payload } = lease;
    const request = await this.database.transaction((tx) => this.told.awaited(tx, payload.request));
    if (!request || (await this.standBack(lease, request))) return;
    const equipment = await this.desk.equip(historian);
    if (typeof equipment === 'string') throw new ScanRefused(`${historyTool}: ${equipment}`);
    const started = Date.now();
    const { repository, commit } = request;
    const report = await inSpan(`scan ${historyTool}`, { attributes: { 'vcs.repository': repository, 'vcs.commit': commit } }, () =>
      this.reports.of(repository, commit, equipment, lease.signal),
    );
    await this.database.transaction(async (tx) => {
      const run = { attempts: lease.attempt, toolVersion: equipment.tool!.version, durationMs: Date.now() - started };
      await this.told.complete(tx, request.id, report, { ...run, sandbox: this.desk.sandbox });
      await lease.complete(tx);
    });
  }

  /** Makes room for the base, of which the same is asked. */
  private async standBack(lease: Lease<Payload>, request: EvidenceRequest): Promise<boolean> {
    const { request: id, waited = 0 } = lease.payload;
    return this.database.transaction(async (tx) => {
      if (waited >= longestWait || !(await this.told.isBaseAwaited(tx, request))) return false;
      const runAfter = new Date(Date.now() + waitMs);
      await this.work.add(tx, {
        ...{
          kind: workKinds.scanHistory,
          key: request.repository,
          payload: { request: id, waited: waited + 1 },
          priority: 'bulk',
          runAfter,
        },
      });
      await lease.complete(tx);
      return true;
    });
  }

  private async giveUp({ payload, attempt }: Lease<Payload>, tx: Tx, error: Error): Promise<void> {
    const known = [ScanRefused, TreeRefused, PermanentFailure].some((kind) => error instanceof kind);
    await this.told.fail(tx, payload.request, known ? error.message : `the history could not be scanned (${error.name})`, attempt);
  }
}
