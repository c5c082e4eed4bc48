import { Injectable } from '@nestjs/common';
import { Outbound } from '@throughline/service';
import { RemediationConfig } from '../config.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';
import { DocumentCache } from './document-cache.ts';
import { download } from './download.ts';
import { publicRegistry } from './public-registry.ts';

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
    const document = await download(this.outbound.dispatcher, url, 'application/json', limits);
    // A host that does not answer is left alone for a while, not only the one document.
    if ('away' in document) this.cache.set(new URL(url).origin, document, awayMs);
    else this.cache.set(url, document, keptMs);
    return document;
  }

  /** The operator's mirror stands for the public registry; only it may be asked without TLS. */
  private addressOf({ at, name }: DocumentName): string | undefined {
    const mirror = this.config.npmRegistry;
    const base = at === publicRegistry && mirror !== '' ? mirror : at;
    const url = URL.parse(`${base.replace(/\/+$/, '')}/${name.replace('/', '%2f')}`);
    if (!url || url.username !== '' || url.search !== '' || (url.protocol !== 'https:' && base !== mirror)) return undefined;
    return url.href;
  }
}
