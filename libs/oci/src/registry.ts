import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { refuseUnlessFound } from './answers.ts';
import { Authorization } from './authorization.ts';
import { BlobDownload } from './blob-download.ts';
import { chosenOf, isIndex, manifestTypes, readManifest, type Descriptor, type ImageManifest, type Platform } from './manifest.ts';
import type { ImageReference } from './reference.ts';
import type { RegistryAccess } from './registry-access.ts';
import { RegistryFailed } from './registry-failed.ts';
import { ask, boundedBody } from './requests.ts';

/** What an image consists of. */
export interface ImageContent extends ImageManifest {
  /** Of the image of the platform, also where an index was named. */
  readonly digest: string;
  /** Of the index, where one was named. */
  readonly index?: string;
}

/** The distribution specification names 4 MiB as what a manifest may have. */
const mostManifestBytes = 4 * 1024 * 1024;
const mostRedirects = 5;
/** A long download may outlive its token several times. */
const mostTokens = 20;
const redirects = [301, 302, 303, 307, 308];

/** One image of a registry (OCI distribution specification, pulling only). Every byte is compared with its digest. */
export class Registry {
  private readonly origin: string;
  private readonly authorization: Authorization;
  private tokens = 0;

  constructor(
    private readonly reference: ImageReference,
    private readonly access: RegistryAccess,
  ) {
    this.origin = `${access.isPlain(reference.host) ? 'http' : 'https'}://${reference.host}`;
    this.authorization = new Authorization(access, this.origin, reference.name);
  }

  /** Which layers the image has. Of an index the image of the platform; of linux/amd64 where none is named. */
  async content(platform: Platform | undefined, signal: AbortSignal): Promise<ImageContent> {
    const { name, tag, digest } = this.reference;
    const what = `${this.reference.host}/${name}${digest === undefined ? `:${tag}` : `@${digest}`}`;
    const named = await this.manifest(digest ?? tag!, what, signal);
    if (!isIndex(named.manifest)) return { ...named.manifest, digest: named.digest };
    const chosen = chosenOf(named.manifest, platform, what);
    const own = await this.manifest(chosen.digest, `${this.reference.host}/${name}@${chosen.digest}`, signal);
    if (isIndex(own.manifest)) throw new RegistryFailed('unsupported', `${what} cannot be read: an index lies in its index`);
    return { ...own.manifest, digest: own.digest, index: named.digest };
  }

  /** Downloads a blob into a file, and goes on with what is there of it. The file is whole and true when this returns. */
  async download(blob: Descriptor, path: string, signal: AbortSignal): Promise<void> {
    const ask = (headers: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData> =>
      this.get(`blobs/${blob.digest}`, headers, signal);
    await new BlobDownload(blob, path, { host: this.reference.host, ask, signal }).run();
  }

  private async manifest(name: string, what: string, signal: AbortSignal) {
    const answer = await this.get(`manifests/${name}`, { accept: manifestTypes.join(', ') }, signal);
    await refuseUnlessFound(answer, what, this.reference.host);
    const bytes = await boundedBody(answer, mostManifestBytes, this.reference.host);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const said = answer.headers['docker-content-digest'];
    const wanted = name.startsWith('sha256:') ? name : typeof said === 'string' && said.startsWith('sha256:') ? said : digest;
    if (wanted !== digest)
      throw new RegistryFailed(
        'digest_mismatch',
        `digest mismatch: ${what} should be ${wanted}, and ${this.reference.host} sent ${digest}`,
      );
    return { digest, manifest: readManifest(bytes, String(answer.headers['content-type'] ?? ''), what) };
  }

  /** Follows redirects to where blobs are stored; what was shown to the registry is shown to nobody else. */
  private async get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const first = new URL(`${this.origin}/v2/${this.reference.name}/${path}`);
    let answer = await this.authorized(first, headers, signal);
    for (let at = first, hop = 0; redirects.includes(answer.statusCode); hop += 1) {
      await answer.body.dump({ limit: 65_536 });
      if (hop >= mostRedirects) throw new RegistryFailed('refused', `${first.host} redirects more than ${mostRedirects} times`);
      at = this.redirected(answer.headers.location, at);
      answer = await ask(this.access.dispatcher, at, headers, signal);
    }
    return answer;
  }

  private redirected(location: string | string[] | undefined, from: URL): URL {
    const to = typeof location === 'string' ? URL.parse(location, from.href) : null;
    const plain = to?.protocol === 'http:' && this.access.isPlain(to.host);
    if (!to || to.username !== '' || to.password !== '' || (to.protocol !== 'https:' && !plain))
      throw new RegistryFailed('refused', `${from.host} redirects to an address that is not asked`);
    return to;
  }

  private async authorized(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const once = (): Promise<Dispatcher.ResponseData> =>
      ask(this.access.dispatcher, url, { ...headers, ...this.authorization.headers }, signal);
    const answer = await once();
    if (answer.statusCode !== 401 || this.tokens >= mostTokens) return answer;
    await answer.body.dump({ limit: 65_536 });
    this.tokens += 1;
    await this.authorization.answer(answer.headers, signal);
    return once();
  }
}
