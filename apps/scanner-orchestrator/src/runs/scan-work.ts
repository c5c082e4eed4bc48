import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GitFailed } from '@throughline/git';
import { PermanentFailure, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { ScannerOrchestratorConfig } from '../config.ts';
import { CheckoutFailed } from '../runner/git/checkout.ts';
import { ScanRefused } from '../runner/scan-refused.ts';
import { whileRenewed } from './renewed.ts';
import { ScanItems, type ScanItem } from './scan-items.ts';
import { ScanStation, type Outcome } from './scan-station.ts';
import { workKinds } from './work-kinds.ts';

interface Payload {
  readonly item: string;
}

const leaseSeconds = 120;
const maxAttempts = 3;

/** The work of running one scanner on one subject. */
@Injectable()
export class ScanWork implements OnModuleInit {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly items: ScanItems,
    private readonly station: ScanStation,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(
      workKinds.scan,
      { concurrency: this.config.scanConcurrency, leaseSeconds, maxAttempts, onDead: (lease, tx, error) => this.giveUp(lease, tx, error) },
      (lease) => whileRenewed(lease, (leaseSeconds * 1000) / 3, () => this.scan(lease)),
    );
  }

  private async scan(lease: Lease<Payload>): Promise<void> {
    const item = await this.database.transaction((tx) => this.items.read(tx, lease.payload.item));
    if (!item) return;
    const outcome = await inSpan(`scan ${item.tool}`, { attributes: attributesOf(item) }, async (span) => {
      const done = await this.station.scan(item, lease.signal);
      span.setAttributes({ 'scan.cached': done.cached, 'scan.findings': done.result.findings, 'scan.components': done.result.components });
      return done;
    });
    await this.database.transaction(async (tx) => {
      await this.finish(tx, item, outcome, lease.attempt);
      await lease.complete(tx);
    });
  }

  private async finish(
    tx: Tx,
    item: ScanItem,
    { result, toolVersion, cached, durationMs, keep }: Outcome,
    attempts: number,
  ): Promise<void> {
    if (await this.items.complete(tx, item, result, { attempts, toolVersion, cached, durationMs })) await keep(tx);
  }

  /** The old findings of the tool become not evaluated; none is closed. */
  private async giveUp({ payload, attempt }: Lease<Payload>, tx: Tx, error: Error): Promise<void> {
    const item = await this.items.read(tx, payload.item);
    if (item) await this.items.fail(tx, item, reasonOf(error), attempt);
  }
}

function attributesOf({ tool, request }: ScanItem): Record<string, string> {
  return { 'scan.tool': tool, 'vcs.repository': request.repository, 'vcs.commit': request.commit };
}

/** Only errors of ours are told to people: others may quote what they failed on. */
function reasonOf(error: Error): string {
  const known = [ScanRefused, GitFailed, CheckoutFailed, PermanentFailure].some((kind) => error instanceof kind);
  return known ? error.message : `the scan could not be run (${error.name})`;
}
