import { Injectable } from '@nestjs/common';
import { Blobs, linesOf } from '@throughline/blobs';
import type { ReceivedSbom } from '@throughline/contracts';
import { mostRejected, ReportRefused, type Finding, type Rejection, type ReportPlace, type ReportReader } from '@throughline/findings';
import type { ReportTask } from '../box/box-task.ts';
import { FindingKeys } from '../runner/finding-key.ts';
import { fieldsOf, findingOf } from '../runner/report-intake.ts';
import { ScanRefused } from '../runner/scan-refused.ts';
import { ScannerDesk } from '../runner/scanner-desk.ts';
import { traceOf } from '../runner/secret-names.ts';
import type { BoxProcess } from '../runner/sandbox/box-process.ts';
import { WeakSecrets } from '../runs/weak-secrets.ts';
import { Slots } from '../slots.ts';
import { boxed } from './boxed.ts';

/** What a report was read into. */
export interface ReadResult {
  /** Digest of the blob with the report lines. */
  readonly report: string;
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
  /** Parts that the tool says it could not look at. */
  readonly unread: number;
  /** It is an SBOM. */
  readonly sbom?: ReceivedSbom;
}

/** What a report would be read into. */
export interface PreviewedReport extends Pick<ReadResult, 'accepted' | 'rejected' | 'unread'> {
  /** The first of them. */
  readonly findings: readonly Finding[];
}

/** A report that is to be read. */
export interface ToRead {
  readonly reader: ReportReader;
  /** What declares the reader, where it is not built in. */
  readonly mapping?: string;
  readonly repository: string;
  readonly bytes: number;
  /** Opens it from its beginning. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

const limits = { maxLineBytes: 256 * 1024, maxLines: 260_000 };
const pieceLength = 64 * 1024;
const mostAtOnce = 2;
const mostPreviewed = 100;

/** Reads foreign reports in a process of their own, which has limits, no network, and nothing to lose. */
@Injectable()
export class ReportBox {
  private readonly turns = new Slots(mostAtOnce);

  constructor(
    private readonly desk: ScannerDesk,
    private readonly blobs: Blobs,
    private readonly keys: FindingKeys,
    private readonly weak: WeakSecrets,
  ) {}

  /** Throws `ReportRefused` for what is no report of the format or beyond a limit. */
  read(report: ToRead): Promise<ReadResult> {
    return this.inTurn(report, async (intake, lines) => {
      const { digest } = await this.blobs.put(lines);
      return { report: digest, accepted: intake.accepted, rejected: intake.rejected, unread: intake.unread };
    });
  }

  /** The same without keeping anything. */
  preview(report: ToRead): Promise<PreviewedReport> {
    return this.inTurn(report, async (intake, lines) => {
      const findings: Finding[] = [];
      for await (const piece of lines) findings.push(...findingsIn(piece).slice(0, mostPreviewed - findings.length));
      return { findings, accepted: intake.accepted, rejected: intake.rejected, unread: intake.unread };
    });
  }

  private inTurn<T>(report: ToRead, keep: Keep<T>): Promise<T> {
    const { reader, mapping, bytes, signal } = report;
    const task = (masks: string | undefined): ReportTask => ({
      ...{ reader: reader.name, bytes },
      ...(mapping !== undefined && { mapping: Buffer.from(mapping).toString('base64') }),
      ...(masks !== undefined && { masks }),
    });
    return this.turns.hold(() => this.desk.withBox('box/report.worker', task, (box) => this.take(box, report, keep), signal));
  }

  private take<T>(box: BoxProcess, report: ToRead, keep: Keep<T>): Promise<T> {
    const weak = this.weak.of(report.repository);
    const intake = new UploadIntake((secret) => traceOf(secret, this.keys, weak));
    const input = { what: 'the report', content: copies(report), signal: report.signal };
    return boxed(box, input, () => keep(intake, intake.read(box.output())));
  }
}

type Keep<T> = (intake: UploadIntake, lines: AsyncIterable<Uint8Array>) => Promise<T>;

function findingsIn(piece: Uint8Array): readonly Finding[] {
  const lines = Buffer.from(piece).toString('utf8').split('\n');
  return lines.filter(Boolean).map((line) => (JSON.parse(line) as { finding: Finding }).finding);
}

async function* copies({ reader, open }: ToRead): AsyncGenerator<Uint8Array> {
  for (let pass = 0; pass < reader.passes; pass += 1) yield* open();
}

/** Takes the lines of the reading process: every field checked and bounded, secrets turned into digest and preview. */
class UploadIntake {
  accepted = 0;
  unread = 0;
  readonly rejected: Rejection[] = [];
  private received = 0;
  private ended: number | undefined;

  constructor(private readonly trace: (secret: string) => ReturnType<typeof traceOf>) {}

  async *read(output: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let piece = '';
    for await (const text of linesOf(output, limits)) {
      piece += await this.take(fieldsOf(text));
      if (piece.length < pieceLength) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    yield Buffer.from(piece);
    if (this.ended === undefined || this.ended !== this.received) throw new ScanRefused('its reader broke off');
  }

  private async take(fields: Readonly<Record<string, unknown>>): Promise<string> {
    if (typeof fields['failed'] === 'string') throw new ReportRefused(fields['failed'].slice(0, 300), placeOf(fields['place']));
    if (typeof fields['end'] === 'number') {
      this.ended = fields['end'];
      return '';
    }
    this.received += 1;
    const finding = fields['finding'] as Record<string, unknown> | undefined;
    if (finding) {
      const secret = finding['secret'];
      this.accepted += 1;
      const traced = typeof secret === 'string' ? await this.trace(secret.slice(0, 64 * 1024)) : undefined;
      return `${JSON.stringify({ kind: 'finding', finding: findingOf(finding, traced) })}\n`;
    }
    const rejected = fields['rejected'] as { pointer?: unknown; detail?: unknown } | undefined;
    if (!rejected) this.unread += 1;
    else if (this.rejected.length < mostRejected)
      this.rejected.push({ pointer: String(rejected.pointer).slice(0, 2048), detail: String(rejected.detail).slice(0, 500) });
    return '';
  }
}

export function placeOf(value: unknown): ReportPlace {
  const { pointer, line, column } = (value ?? {}) as Record<string, unknown>;
  return {
    ...(typeof pointer === 'string' && { pointer: pointer.slice(0, 2048) }),
    ...(typeof line === 'number' && { line }),
    ...(typeof column === 'number' && { column }),
  };
}
