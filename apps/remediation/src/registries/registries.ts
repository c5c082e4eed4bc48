import { Injectable } from '@nestjs/common';
import { Outbound } from '@throughline/service';
import { RemediationConfig } from '../config.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';
import { DocumentCache } from './document-cache.ts';
import { download } from './download.ts';

const limits = { maxBytes: 64 * 1024 * 1024, timeoutMs: 30_000 };
const keptMs = 10 * 60 * 1000;
const awayMs = 60_000;

/** Package registries: public documents only, and no credential is ever sent. */
@Injectable()
export class Registries {
  private readonly cache = new DocumentCache(128 * 1024 * 1024);

  constructor(
    private readonly config: RemediationConfig,
    private readonly outbound: Outbound,
  ) {}

  /** Never throws: what cannot be fetched is `away`, with the reason. */
  async fetch(name: DocumentName): Promise<FetchedDocument> {
    if (!this.config.askRegistries) return { away: 'this installation asks no registries' };
    const url = this.addressOf(name);
    if (url === undefined) return { away: `${name.at} is no registry that may be asked: only https is` };
    const kept = this.cache.get(url) ?? this.cache.get(new URL(url).origin);
    if (kept) return kept;
    const document = await download(this.outbound.dispatcher, url, accepted[name.kind] ?? '*/*', limits);
    // A host that does not answer is left alone for a while, not only the one document.
    if ('away' in document) this.cache.set(new URL(url).origin, document, awayMs);
    else this.cache.set(url, document, keptMs);
    return document;
  }

  private addressOf({ kind, at, name }: DocumentName): string | undefined {
    if (kind === 'npm') return this.below(at, 'https://registry.npmjs.org', this.config.npmRegistry, name.replace('/', '%2f'));
    if (kind === 'pypi') return this.below(at, 'https://pypi.org', this.config.pypiRegistry, `simple/${encodeURIComponent(name)}/`);
    const url = URL.parse(at);
    return url?.protocol === 'https:' || (url && this.isOperators(url)) ? url.href : undefined;
  }

  /** The operator's mirror stands for the public registry; only it may be asked without TLS. */
  private below(at: string, publicAddress: string, mirror: string, path: string): string | undefined {
    const base = at === publicAddress && mirror !== '' ? mirror : at;
    const url = URL.parse(`${base.replace(/\/+$/, '')}/${path}`);
    if (!url || url.username !== '' || url.search !== '' || (url.protocol !== 'https:' && base !== mirror)) return undefined;
    return url.href;
  }

  private isOperators(url: URL): boolean {
    return [this.config.npmRegistry, this.config.pypiRegistry].some((address) => URL.parse(address)?.origin === url.origin);
  }
}

const accepted: Partial<Record<DocumentName['kind'], string>> = {
  npm: 'application/json',
  pypi: 'application/vnd.pypi.simple.v1+json',
};
