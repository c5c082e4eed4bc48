import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { whileRenewed } from '../runs/renewed.ts';
import { workKinds } from '../runs/work-kinds.ts';
import { ReportReading } from './report-reading.ts';
import { ReportRows } from './report-rows.ts';
import { ReportShelf } from './report-shelf.ts';

interface Payload {
  readonly report: string;
}

const leaseSeconds = 120;
const maxAttempts = 3;
const keptDays = 400;

/** The work of reading one large report. */
@Injectable()
export class ReportWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly rows: ReportRows,
    private readonly shelf: ReportShelf,
    private readonly reading: ReportReading,
  ) {}

  async onModuleInit(): Promise<void> {
    this.work.handle<Payload>(
      workKinds.readReport,
      { concurrency: 2, leaseSeconds, maxAttempts, onDead: (lease, tx, error) => this.reading.giveUp(tx, lease.payload.report, error) },
      (lease) => whileRenewed(lease, (leaseSeconds * 1000) / 3, () => this.read(lease)),
    );
    await this.shelf.files.sweep((ids) => this.database.transaction((tx) => this.rows.waiting(tx, ids)));
    await this.database.transaction((tx) => this.rows.forget(tx, keptDays));
  }

  private async read(lease: Lease<Payload>): Promise<void> {
    const row = await this.database.transaction((tx) => this.rows.read(tx, lease.payload.report));
    if (row?.state !== 'queued' || !row.sealed) return;
    const attributes = { 'report.format': row.format, 'vcs.repository': row.repository, 'vcs.commit': row.commit };
    const result = await inSpan(`read ${row.format}`, { attributes }, async (span) => {
      const read = await this.reading.read(row, row.sealed!, lease.signal);
      span.setAttributes({ 'report.accepted': read.accepted, 'report.rejected': read.rejected.length });
      return read;
    });
    await this.database.transaction(async (tx) => {
      await this.shelf.receive(tx, row, result);
      await lease.complete(tx);
    });
    await this.shelf.files.remove(row.id);
  }
}
