import { Injectable } from '@nestjs/common';
import { ReportRefused, reportReaders, type ReportReader } from '@throughline/findings';
import { PermanentFailure } from '@throughline/messaging';
import { RegistryFailed } from '@throughline/oci';
import type { Tx } from '@throughline/service';
import { Mappings } from './mappings/mappings.ts';
import { ReportBox, type ReadResult } from './report-box.ts';
import { SbomBox } from './sbom-box.ts';
import { ReportFacts } from './report-facts.ts';
import { isSbom, ReportRows, type ReportRow } from './report-rows.ts';
import { SealedFiles } from './sealed-files.ts';

/** Reads a report that waits under seal, or says for good why that cannot be done. */
@Injectable()
export class ReportReading {
  constructor(
    private readonly rows: ReportRows,
    private readonly files: SealedFiles,
    private readonly box: ReportBox,
    private readonly sboms: SbomBox,
    private readonly facts: ReportFacts,
    private readonly mappings: Mappings,
  ) {}

  async read(row: ReportRow, sealed: Buffer, signal: AbortSignal): Promise<ReadResult> {
    try {
      return await this.inBox(row, sealed, signal);
    } catch (error) {
      if (!(error instanceof ReportRefused)) throw error;
      const { pointer, line, column } = error.place;
      const places = [pointer && `at ${pointer}`, line !== undefined && `line ${line}, column ${column ?? 1}`].filter(Boolean);
      throw new PermanentFailure([error.message, ...places].join(', '), { cause: error });
    }
  }

  private async inBox(row: ReportRow, sealed: Buffer, signal: AbortSignal): Promise<ReadResult> {
    const { id, format, repository, bytes } = row;
    const open = (): AsyncIterable<Uint8Array> => this.files.read(id, sealed);
    if (isSbom(format)) return this.sboms.read({ format, bytes, open, signal });
    return this.box.read({ ...(await this.readerOf(row)), repository, bytes, open, signal });
  }

  /** What was saved or deleted since it came changes nothing about it. */
  private async readerOf({ format, mapping }: ReportRow): Promise<{ readonly reader: ReportReader; readonly mapping?: string }> {
    const own = mapping === null ? undefined : await this.mappings.at(format, mapping);
    if (own) return { reader: own.reader, mapping: own.source };
    const reader = mapping === null ? reportReaders.find(({ name }) => name === format) : undefined;
    if (!reader) throw new PermanentFailure(`${format} is no format of this version`);
    return { reader };
  }

  async giveUp(tx: Tx, id: string, error: Error): Promise<void> {
    const row = await this.rows.read(tx, id, 'for update of u');
    if (row?.state !== 'queued') return;
    const told = error instanceof PermanentFailure || error instanceof RegistryFailed;
    const reason = told ? error.message : `it could not be read (${error.name})`;
    await this.rows.failed(tx, id, reason.slice(0, 500));
    await this.facts.refused(tx, row, reason);
    await this.files.remove(id);
  }
}
