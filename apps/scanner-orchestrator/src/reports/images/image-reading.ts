import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ReportRefused } from '@throughline/findings';
import { parseReference, RegistryFailed } from '@throughline/oci';
import { PermanentFailure } from '@throughline/messaging';
import { ScannerOrchestratorConfig } from '../../config.ts';
import { WorkFolders } from '../../runner/work-folders.ts';
import type { ReadResult } from '../report-box.ts';
import { sbomFormatName } from '../report-rows.ts';
import { SbomBox } from '../sbom-box.ts';
import { ImageBox } from './image-box.ts';
import { RegistryDoor } from './registry-door.ts';

/** Who made an inventory, as it is shown with it. */
export const generatedBy = 'throughline image layers';

const MiB = 1024 * 1024;
const pullMs = 30 * 60_000;

/** Pulls the layers of an image and reads what is installed in it. */
@Injectable()
export class ImageReading {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly door: RegistryDoor,
    private readonly folders: WorkFolders,
    private readonly box: ImageBox,
    private readonly sboms: SbomBox,
  ) {}

  /** Throws `PermanentFailure` for what no repetition mends. */
  async read(pulled: string, signal: AbortSignal): Promise<ReadResult> {
    try {
      return await this.folders.within((folder) => this.inFolder(pulled, folder, signal));
    } catch (error) {
      const lasting = error instanceof ReportRefused || (error instanceof RegistryFailed && !error.passing);
      throw lasting ? new PermanentFailure(error.message, { cause: error }) : error;
    }
  }

  private async inFolder(pulled: string, folder: string, signal: AbortSignal): Promise<ReadResult> {
    const reference = parseReference(pulled);
    const within = AbortSignal.any([signal, AbortSignal.timeout(pullMs)]);
    const registry = await this.door.open(reference);
    const { digest, layers } = await registry.content(undefined, within);
    refuseTooLarge(layers, this.config.maxImageMib);
    const files = [];
    for (const [index, layer] of layers.entries()) {
      const path = join(folder, String(index));
      await registry.download(layer, path, within);
      files.push({ path, bytes: (await stat(path)).size });
    }
    const name = `${reference.host}/${reference.name}`;
    const document = Buffer.from(await this.box.read({ name, digest, layers: files, signal }));
    const format = sbomFormatName('cyclonedx');
    const result = await this.sboms.read({ format, bytes: document.length, open: () => Readable.from([document]), signal });
    return { ...result, ...(result.sbom && { sbom: { ...result.sbom, image: reference.name, generatedBy } }) };
  }
}

/** Throws `RegistryFailed` before anything of a large image is fetched. */
export function refuseTooLarge(layers: readonly { readonly size: number }[], maxImageMib: number): number {
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= maxImageMib * MiB) return bytes;
  throw new RegistryFailed(
    'too_large',
    `the layers of the image have ${Math.ceil(bytes / MiB)} MiB, more than ${maxImageMib} (MAX_IMAGE_MIB)`,
  );
}
