import { createReadStream } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { linesOf } from '@throughline/blobs';
import type { ImageTask } from '../../box/box-task.ts';
import { fieldsOf } from '../../runner/report-intake.ts';
import type { BoxProcess } from '../../runner/sandbox/box-process.ts';
import { ScanRefused } from '../../runner/scan-refused.ts';
import { ScannerDesk } from '../../runner/scanner-desk.ts';
import { Slots } from '../../slots.ts';
import { boxed } from '../boxed.ts';

/** Layers of an image that lie on disk, from the lowest on. */
export interface PulledImage {
  readonly name: string;
  readonly digest: string;
  readonly layers: readonly { readonly path: string; readonly bytes: number }[];
  readonly signal?: AbortSignal;
}

const MiB = 1024 * 1024;
/** A hundred thousand components take fifty. */
const limits = { maxLineBytes: 128 * MiB, maxLines: 2 };

/** Reads layers in a process of their own, which has limits, no network, and nothing to lose. */
@Injectable()
export class ImageBox {
  private readonly turns = new Slots(1);

  constructor(private readonly desk: ScannerDesk) {}

  /** The inventory as CycloneDX. Throws `ReportRefused` for layers that are none or beyond a limit. */
  read(image: PulledImage): Promise<string> {
    const { name, digest, layers, signal } = image;
    const task = (): ImageTask => ({ name, digest, layers: layers.map(({ bytes }) => bytes) });
    return this.turns.hold(() => this.desk.withBox('box/image.worker', task, (box) => this.take(box, image), signal));
  }

  private take(box: BoxProcess, { layers, signal }: PulledImage): Promise<string> {
    return boxed(box, { what: 'the image', content: contentOf(layers), signal }, async () => {
      const lines: string[] = [];
      for await (const line of linesOf(box.output(), limits)) lines.push(line);
      const [document = '{}', end = '{}'] = lines;
      if (fieldsOf(end)['end'] === 1) return document;
      const { failed } = fieldsOf(lines.at(-1) ?? '{}');
      throw new ScanRefused(typeof failed === 'string' ? failed.slice(0, 300) : 'its reader broke off');
    });
  }
}

async function* contentOf(layers: PulledImage['layers']): AsyncIterable<Uint8Array> {
  for (const { path } of layers) yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
}
