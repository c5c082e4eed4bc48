import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { uuidv7, type ReportAccepted, type UploadQuery } from '@throughline/contracts';
import { recogniseReport, ReportRefused, type ReportReader } from '@throughline/findings';
import { Problem, type Identity } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../config.ts';
import { Mappings, type OwnFormat } from './mappings/mappings.ts';
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
    private readonly subjects: UploadSubjects,
    private readonly shelf: ReportShelf,
    private readonly box: ReportBox,
    private readonly mappings: Mappings,
  ) {}

  async take(query: UploadQuery, source: Readable | undefined, caller: Identity): Promise<ReportAccepted> {
    const subject = await this.subjects.of(query, caller);
    if (!source) throw new Problem(400, 'invalid', 'send the report as the body');
    const own = await this.mappings.inForce();
    const readers = own.map(({ reader }) => reader);
    const recognise = (head: Buffer, whole: boolean) => recogniseReport(head, whole, query.format ?? 'auto', readers);
    const body = await openUpload(source, { recognise, mostBytes: this.config.maxReportMib * MiB });
    const mapping = own.find(({ reader }) => reader === body.recognised.reader);
    const incoming: Incoming = { id: uuidv7(), query, caller, subject, body, ...(mapping && { mapping: mapping.version }) };
    const whole = body.whole;
    if (whole) return this.shelf.accept({ ...incoming, result: await this.readNow(subject.repository, body, whole, mapping) });
    return this.shelf.hold(incoming);
  }

  private async readNow(
    repository: string,
    { recognised }: UploadBody<ReportReader>,
    whole: Buffer,
    own: OwnFormat | undefined,
  ): Promise<ReadResult> {
    const declared = own && { mapping: own.source };
    try {
      return await this.box.read({
        ...{ reader: recognised.reader, ...declared, repository },
        ...{ bytes: whole.length, open: () => Readable.from([whole]) },
      });
    } catch (error) {
      throw error instanceof ReportRefused ? unprocessable(error) : error;
    }
  }
}
