import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { whileRenewed } from '../../runs/renewed.ts';
import { workKinds } from '../../runs/work-kinds.ts';
import { ReportReading } from '../report-reading.ts';
import { ReportShelf } from '../report-shelf.ts';
import { ImageReading } from './image-reading.ts';

interface Payload {
  readonly report: string;
}

const leaseSeconds = 120;
const maxAttempts = 4;

/** The work of reading one image. */
@Injectable()
export class ImageWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly shelf: ReportShelf,
    private readonly reading: ImageReading,
    private readonly reports: ReportReading,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(
      workKinds.readImage,
      { concurrency: 1, leaseSeconds, maxAttempts, onDead: (lease, tx, error) => this.reports.giveUp(tx, lease.payload.report, error) },
      (lease) => whileRenewed(lease, (leaseSeconds * 1000) / 3, () => this.read(lease)),
    );
  }

  private async read(lease: Lease<Payload>): Promise<void> {
    const row = await this.database.transaction((tx) => this.shelf.row(tx, lease.payload.report));
    if (row?.state !== 'queued' || row.pulled === null) return;
    const { pulled } = row;
    const result = await inSpan('read image', { attributes: { 'container.image.name': pulled } }, async (span) => {
      const read = await this.reading.read(pulled, lease.signal);
      span.setAttributes({ 'report.accepted': read.accepted });
      return read;
    });
    await this.database.transaction(async (tx) => {
      await this.shelf.receive(tx, row, result);
      await lease.complete(tx);
    });
  }
}
