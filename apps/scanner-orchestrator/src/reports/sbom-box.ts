import { Injectable } from '@nestjs/common';
import { Blobs, linesOf } from '@throughline/blobs';
import { make, ReceivedSbom } from '@throughline/contracts';
import { mostComponents, present, ReportRefused, sbomFormats, type ReportLine } from '@throughline/findings';
import { comparatorOf } from '@throughline/versions';
import type { SbomTask } from '../box/box-task.ts';
import { fieldsOf, listedComponentOf } from '../runner/report-intake.ts';
import type { BoxProcess } from '../runner/sandbox/box-process.ts';
import { ScanRefused } from '../runner/scan-refused.ts';
import { ScannerDesk } from '../runner/scanner-desk.ts';
import { Slots } from '../slots.ts';
import { boxed } from './boxed.ts';
import { placeOf, type ReadResult } from './report-box.ts';
import { sbomFormatName } from './report-rows.ts';

/** An SBOM that is to be read. */
export interface SbomToRead {
  /** As uploads of it are kept. */
  readonly format: string;
  readonly bytes: number;
  /** Opens it from its beginning; it is read twice, once to be kept. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

const limits = { maxLineBytes: 64 * 1024, maxLines: 1_200_000 };
const pieceLength = 64 * 1024;
const mostAtOnce = 2;
const mostEcosystems = 30;

/** Reads SBOMs in a process of their own, which has limits, no network, and nothing to lose. */
@Injectable()
export class SbomBox {
  private readonly turns = new Slots(mostAtOnce);

  constructor(
    private readonly desk: ScannerDesk,
    private readonly blobs: Blobs,
  ) {}

  /** Throws `ReportRefused` for what is no SBOM of the format or beyond a limit. */
  read(sbom: SbomToRead): Promise<ReadResult> {
    const { format, bytes, signal } = sbom;
    const known = sbomFormats.find(({ name }) => sbomFormatName(name) === format);
    if (!known) throw new ReportRefused(`${format} is no format of this version`);
    const task = (): SbomTask => ({ format: known.name, bytes });
    return this.turns.hold(() => this.desk.withBox('box/sbom.worker', task, (box) => this.take(box, sbom), signal));
  }

  private take(box: BoxProcess, { open, signal }: SbomToRead): Promise<ReadResult> {
    const intake = new SbomIntake();
    return boxed(box, { what: 'the SBOM', content: open(), signal }, async () => {
      const { digest } = await this.blobs.put(intake.read(box.output()));
      const { digest: document } = await this.blobs.put(open());
      return { report: digest, accepted: intake.components, rejected: [], unread: intake.incomplete ? 1 : 0, sbom: intake.sbom(document) };
    });
  }
}

/** Takes the lines of the reading process, every field checked and bounded. */
class SbomIntake {
  components = 0;
  private head: Readonly<Record<string, unknown>> = {};
  private readonly ecosystems = new Set<string>();
  private received = 0;
  private ended: number | undefined;

  get incomplete(): boolean {
    return this.head['incomplete'] === true;
  }

  async *read(output: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let piece = '';
    for await (const text of linesOf(output, limits)) {
      const line = this.take(fieldsOf(text));
      if (line) piece += `${JSON.stringify(line)}\n`;
      if (piece.length < pieceLength) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    yield Buffer.from(piece);
    if (this.ended === undefined || this.ended !== this.received) throw new ScanRefused('its reader broke off');
  }

  sbom(document: string): ReceivedSbom {
    const text = (name: string, max: number): string | undefined =>
      typeof this.head[name] === 'string' ? this.head[name].slice(0, max) : undefined;
    return make(
      ReceivedSbom,
      present<ReceivedSbom>({
        format: text('format', 32) ?? 'unknown',
        specVersion: text('specVersion', 16) ?? 'unknown',
        name: text('name', 300),
        version: text('version', 200),
        document,
        components: this.components,
        // Of what no advisory knows nothing is missing.
        ecosystems: [...this.ecosystems]
          .filter((name) => comparatorOf(name))
          .sort()
          .slice(0, mostEcosystems),
      }),
    );
  }

  private take(fields: Readonly<Record<string, unknown>>): ReportLine | undefined {
    if (typeof fields['failed'] === 'string') throw new ReportRefused(fields['failed'].slice(0, 300), placeOf(fields['place']));
    if (typeof fields['end'] === 'number') {
      this.ended = fields['end'];
      return undefined;
    }
    this.received += 1;
    const [component, dependency] = [objectAt(fields, 'component'), objectAt(fields, 'dependency')];
    if (component) return this.component(component);
    if (dependency) return { kind: 'dependency', dependency: this.dependency(dependency) };
    this.head = objectAt(fields, 'sbom') ?? {};
    return undefined;
  }

  private component(fields: Readonly<Record<string, unknown>>): ReportLine {
    this.components += 1;
    if (this.components > mostComponents) throw new ScanRefused(`it has more than ${mostComponents} components`);
    const component = listedComponentOf(fields);
    this.ecosystems.add(component.ecosystem);
    return { kind: 'component', component };
  }

  /** Components come first: what leads to none of them is dropped. */
  private dependency({ from, to }: Readonly<Record<string, unknown>>): { readonly from?: number; readonly to: readonly number[] } {
    const isPlace = (value: unknown): value is number =>
      Number.isInteger(value) && (value as number) >= 0 && (value as number) < this.components;
    return { ...(isPlace(from) && { from }), to: Array.isArray(to) ? to.filter(isPlace) : [] };
  }
}

function objectAt(fields: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> | undefined {
  const value = fields[name];
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}
