import { Injectable } from '@nestjs/common';
import { InternalClient } from '@throughline/service';
import { Registries } from '../registries/registries.ts';
import type { DocumentName, FetchedDocument } from '../world/world.ts';
import { SourceFiles } from './source-files.ts';

/** Fetches what a fixer wants to know: registries, our own advisories, files of the commit. */
@Injectable()
export class FixWorld {
  constructor(
    private readonly registries: Registries,
    private readonly files: SourceFiles,
    private readonly services: InternalClient,
  ) {}

  async fetch(at: { readonly repository: string; readonly commit: string }, wanted: DocumentName): Promise<FetchedDocument> {
    if (wanted.kind === 'file') {
      const text = await this.files.read(at.repository, at.commit, wanted.name);
      return text === undefined ? { absent: true } : { text };
    }
    if (wanted.kind !== 'advisories') return this.registries.fetch(wanted);
    const [ecosystem, ...name] = wanted.name.split(' ');
    const known = await this.services.call('ledger', {
      method: 'GET',
      path: '/internal/advisories/affected',
      query: { ecosystem, name: name.join(' ') },
    });
    return { text: JSON.stringify(known) };
  }
}
