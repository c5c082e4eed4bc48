import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { uuidv7, type ReportAccepted, type UploadQuery } from '@throughline/contracts';
import { ReportRefused } from '@throughline/findings';
import { Database, Problem, type Identity } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../config.ts';
import { ReportBox, type ReadResult } from './report-box.ts';
import { ReportShelf, type Incoming } from './report-shelf.ts';
import { openUpload, unprocessable, type UploadBody } from './upload-body.ts';
import { UploadSubjects } from './upload-subject.ts';

const MiB = 1024 * 1024;

/** Takes reports in: the answer is given when the item that the gate waits for is committed. */
@Injectable()
export class Uploads {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly database: Database,
    private readonly subjects: UploadSubjects,
    private readonly shelf: ReportShelf,
    private readonly box: ReportBox,
  ) {}

  async take(query: UploadQuery, source: Readable | undefined, caller: Identity): Promise<ReportAccepted> {
    const subject = await this.subjects.of(query, caller);
    if (!source) throw new Problem(400, 'invalid', 'send the report as the body');
    const body = await openUpload(source, { format: query.format ?? 'auto', mostBytes: this.config.maxReportMib * MiB });
    const incoming: Incoming = { id: uuidv7(), query, caller, subject, body };
    const whole = body.whole;
    if (whole) return this.accept({ ...incoming, result: await this.readNow(subject.repository, body, whole) });
    const sealed = await this.shelf.files.write(incoming.id, body.bytes);
    try {
      return await this.accept({ ...incoming, sealed });
    } finally {
      await this.shelf.removeUnlessWaiting(incoming.id);
    }
  }

  private async readNow(repository: string, { recognised }: UploadBody, whole: Buffer): Promise<ReadResult> {
    try {
      return await this.box.read({ reader: recognised.reader, repository, bytes: whole.length, open: () => Readable.from([whole]) });
    } catch (error) {
      throw error instanceof ReportRefused ? unprocessable(error) : error;
    }
  }

  private accept(incoming: Incoming): Promise<ReportAccepted> {
    return this.database.transaction(async (tx) => {
      const plan = await this.subjects.plan(tx, incoming.subject, uuidv7());
      const { row, sameAs } = await this.shelf.put(tx, plan, incoming);
      return { id: row.id, status: row.state, location: `/api/v1/reports/${row.id}`, ...(sameAs !== undefined && { sameAs }) };
    });
  }
}
