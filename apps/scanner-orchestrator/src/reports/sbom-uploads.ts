import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { uuidv7, type ReportAccepted, type SbomUploadQuery, type UploadQuery } from '@throughline/contracts';
import { present, recogniseSbom, ReportRefused } from '@throughline/findings';
import { commitInBounds, Problem, sees, type Identity } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../config.ts';
import { ImageRequests } from './images/image-requests.ts';
import type { ReadResult } from './report-box.ts';
import { sbomFormatName } from './report-rows.ts';
import { ReportShelf, type Incoming } from './report-shelf.ts';
import { SbomBox } from './sbom-box.ts';
import { openUpload, unprocessable, type UploadBody, type UploadFormat } from './upload-body.ts';
import { imageSubject, UploadSubjects, type NamedImage, type UploadSubject } from './upload-subject.ts';

const MiB = 1024 * 1024;
const longestName = 255;
const partForm = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/;
const imageForm = /^(?:[^\s@]{1,512}@)?sha256:[0-9a-f]{64}$/;

/** Takes SBOMs in, as reports are: what is about a commit is an item of its evidence, what is about an image stands alone. */
@Injectable()
export class SbomUploads {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly subjects: UploadSubjects,
    private readonly shelf: ReportShelf,
    private readonly box: SbomBox,
    private readonly images: ImageRequests,
  ) {}

  async take(asked: SbomUploadQuery, source: Readable | undefined, caller: Identity): Promise<ReportAccepted> {
    if (!source && asked.image !== undefined && asked.artifact === undefined) return this.images.take(asked.image, asked, caller);
    const query = commitInBounds(caller, asked);
    const image = query.artifact === undefined ? undefined : imageIn(query.artifact, query.image);
    const subject = await this.subjectOf(query, image, caller);
    if (!source) throw new Problem(400, 'invalid', 'send the SBOM as the body, or name an image alone: its layers are read then');
    const body = await openUpload(source, { recognise, mostBytes: this.config.maxReportMib * MiB });
    const { commit, branch, pullRequest, tool, scope, complete = true } = query;
    const incoming: Incoming = {
      ...{ id: uuidv7(), caller, subject, body },
      query: present<UploadQuery>({
        ...{ commit, branch, pullRequest, tool, scope, complete },
        repository: subject.repository,
        artifact: image?.digest,
      }),
    };
    if (!body.whole) return this.shelf.hold(incoming);
    return this.shelf.accept({ ...incoming, result: await this.readNow(body, body.whole) });
  }

  private async subjectOf(query: SbomUploadQuery, image: NamedImage | undefined, caller: Identity): Promise<UploadSubject> {
    const { repository } = query;
    if (repository !== undefined) {
      const subject = await this.subjects.of({ ...query, repository }, caller);
      return image?.name === undefined ? subject : { ...subject, image: image.name };
    }
    if (!image)
      throw new Problem(400, 'invalid', 'an SBOM is about a commit of a repository or about an image', [
        { pointer: '/repository', detail: 'name a repository, or an artifact by its digest' },
      ]);
    if (!sees(caller, 'unassigned'))
      throw new Problem(404, 'not_found', 'an image without a repository belongs to no application of yours: name the repository, too');
    return imageSubject(image);
  }

  private async readNow({ recognised }: UploadBody, whole: Buffer): Promise<ReadResult> {
    try {
      return await this.box.read({ format: recognised.reader.name, bytes: whole.length, open: () => Readable.from([whole]) });
    } catch (error) {
      throw error instanceof ReportRefused ? unprocessable(error) : error;
    }
  }
}

/** Inventories of one thing compare with each other, whatever wrote them, unless the sender names the tool. */
function recognise(head: Buffer, whole: boolean): { readonly reader: UploadFormat; readonly tool: string } {
  return { tool: 'sbom', reader: { name: sbomFormatName(recogniseSbom(head, whole).name), finds: ['vulnerability'] } };
}

/** Digest, name without host, and tag of an image as it is written down; throws `Problem` 400. */
export function imageIn(artifact: string, image?: string): NamedImage {
  if (!imageForm.test(artifact))
    throw new Problem(400, 'invalid', 'artifact is no digest of an image', [
      { pointer: '/artifact', detail: 'write sha256:<64 hex digits>, alone or behind the name of the image and @' },
    ]);
  const at = artifact.lastIndexOf('@');
  const digest = artifact.slice(at + 1);
  const written = image ?? (at < 0 ? undefined : artifact.slice(0, at));
  if (written === undefined) return { digest };
  const [, path, tag] = /^([^@]*?)(?::([\w][\w.-]{0,127}))?(?:@.*)?$/.exec(written) ?? [];
  const name = withoutHost(path ?? '').toLowerCase();
  if (name.length > longestName || !name.split('/').every((part) => partForm.test(part)))
    throw new Problem(400, 'invalid', 'image is no name of an image', [{ pointer: '/image', detail: 'write registry/path:tag' }]);
  return { digest, name, ...(tag !== undefined && { tag }) };
}

/** The first part is a host when it has a dot or a port, or is this machine; Docker Hub's own images have a path that is not written. */
function withoutHost(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (rest.length === 0) return `library/${first}`;
  if (!/[.:]/.test(first) && first !== 'localhost') return path;
  return rest.length === 1 && /(?:^|\.)docker\.io$/.test(first) ? `library/${rest[0]!}` : rest.join('/');
}
