import type { FindingAnswer } from '@throughline/contracts';

/** What an export is of. */
export interface ExportHead {
  /** When it was asked for, ISO 8601: what came later is not in it. */
  readonly at: string;
  /** The filters that it was asked for with, as in the query. */
  readonly filter: Readonly<Record<string, string>>;
}

/** Writes one export, piece by piece: its beginning, its findings, its end. */
export interface FindingWriter {
  begin(): string;
  page(findings: readonly FindingAnswer[]): string;
  end(): string;
}

/** A form in which findings leave the platform. */
export interface FindingFormat {
  /** Media type, with its parameters. */
  readonly contentType: string;
  /** Of the file, without the dot. */
  readonly extension: string;
  /** It wants the findings of a repository together; else they come as they were found, which is faster. */
  readonly byRepository?: boolean;
  open(head: ExportHead): FindingWriter;
}
