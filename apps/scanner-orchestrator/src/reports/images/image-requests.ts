import { Injectable } from '@nestjs/common';
import { uuidv7, type ReportAccepted, type SbomUploadQuery } from '@throughline/contracts';
import { parseReference, platformOf, RegistryFailed, type RegistryFault } from '@throughline/oci';
import { Problem, sees, type Identity } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../../config.ts';
import { sbomFormatName } from '../report-rows.ts';
import { ReportShelf } from '../report-shelf.ts';
import { imageSubject, type NamedImage } from '../upload-subject.ts';
import { refuseTooLarge } from './image-reading.ts';
import { RegistryDoor } from './registry-door.ts';

/** A person waits: registries that take longer are away. */
const askMs = 20_000;
/** Inventories that we made compare with each other, and with none that was sent. */
const tool = 'image layers';
/** Counts up when more is read of an image than before: the same one is then read anew. */
const reading = 1;

const answers: Readonly<Record<RegistryFault, readonly [status: number, code: string]>> = {
  invalid: [400, 'invalid'],
  refused: [422, 'unprocessable'],
  // Not the caller is refused, but we are.
  unauthorized: [422, 'unprocessable'],
  not_found: [404, 'not_found'],
  too_large: [413, 'too_large'],
  digest_mismatch: [422, 'unprocessable'],
  unsupported: [422, 'unprocessable'],
  away: [503, 'unavailable'],
};

/** Takes images whose inventory nobody sends: what they are is asked at once, their layers are read later. */
@Injectable()
export class ImageRequests {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly door: RegistryDoor,
    private readonly shelf: ReportShelf,
  ) {}

  async take(image: string, query: SbomUploadQuery, caller: Identity): Promise<ReportAccepted> {
    refuseForOthers(query, caller);
    const { pulled, bytes, named } = await this.found(image, query.platform);
    const { digest } = named;
    const subject = imageSubject(named);
    return this.shelf.accept({
      ...{ id: uuidv7(), caller, pulled, query: { complete: true, artifact: digest, repository: subject.repository }, subject },
      body: {
        recognised: { tool, reader: { name: sbomFormatName(`image-${reading}`), finds: ['vulnerability'] } },
        whole: undefined,
        bytes: nothing(),
        // The same image is the same inventory.
        measured: () => ({ digest, bytes }),
      },
    });
  }

  private async found(image: string, platform: string | undefined) {
    try {
      const reference = parseReference(image);
      const registry = await this.door.open(reference);
      const { digest, layers } = await registry.content(
        platform === undefined ? undefined : platformOf(platform),
        AbortSignal.timeout(askMs),
      );
      const { host, name, tag } = reference;
      const named: NamedImage = { digest, name, ...(tag !== undefined && { tag }) };
      return { named, pulled: `${host}/${name}@${digest}`, bytes: refuseTooLarge(layers, this.config.maxImageMib) };
    } catch (error) {
      if (!(error instanceof RegistryFailed)) throw error;
      const [status, code] = answers[error.fault];
      throw new Problem(status, code, error.message.slice(0, 500), [{ pointer: '/image', detail: error.message.slice(0, 500) }]);
    }
  }
}

/** What we find in an image is said of the image alone, to those who see what belongs to nobody. */
function refuseForOthers({ repository, commit, branch, pullRequest }: SbomUploadQuery, caller: Identity): void {
  if (caller.bound) throw new Problem(403, 'forbidden', 'a CI job sends the SBOM of its image; images are read for persons and tokens');
  if ([repository, commit, branch, pullRequest].some((one) => one !== undefined))
    throw new Problem(400, 'invalid', 'an image that is read here stands alone: leave repository, commit, branch and pullRequest out');
  if (!sees(caller, 'unassigned'))
    throw new Problem(
      404,
      'not_found',
      'an image without a repository belongs to no application of yours: send its SBOM and name the repository',
    );
}

async function* nothing(): AsyncIterable<Uint8Array> {}
