import { Injectable } from '@nestjs/common';
import { Outbound } from '@throughline/service';
import { RemediationConfig } from '../config.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';
import { addressOf } from './address.ts';
import { DocumentCache } from './document-cache.ts';
import { download } from './download.ts';

const limits = { maxBytes: 64 * 1024 * 1024, timeoutMs: 30_000 };
const keptMs = 10 * 60 * 1000;
const awayMs = 60_000;

/** JSON (PEP 691) where the index has it, else HTML. */
const indexPage = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

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
    const url = addressOf(name, { npm: this.config.npmRegistry, pypi: this.config.pypiRegistry });
    if (url === undefined) return { away: `${name.at} is no registry that may be asked: only https is` };
    const kept = this.cache.get(url) ?? this.cache.get(new URL(url).origin);
    if (kept) return kept;
    const accept = name.kind === 'pypi' ? indexPage : name.kind === 'pypi-metadata' ? '*/*' : 'application/json';
    const document = await download(this.outbound.dispatcher, url, accept, limits);
    // A host that does not answer is left alone for a while, not only the one document.
    if ('away' in document) this.cache.set(new URL(url).origin, document, awayMs);
    else this.cache.set(url, document, keptMs);
    return document;
  }
}
