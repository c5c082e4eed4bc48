import { Injectable } from '@nestjs/common';
import { Problem } from '@throughline/service';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { cloneUrlOf } from '../sources/source-settings.ts';
import { FileRoots } from './file-roots.ts';
import type { RepositoryRow } from './repository-register.ts';

/** Where a repository is fetched from, and the credential that may be sent there. */
export interface CloneAddress {
  readonly cloneUrl: string;
  readonly source?: KnownSource;
  /** Token of the source, for this address. */
  readonly token?: string;
  /** A folder of this machine below an allowed root. */
  readonly fileRoot: boolean;
}

/** The addresses of repositories: from the source's settings, never from what a payload said. */
@Injectable()
export class CloneAddresses {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly fileRoots: FileRoots,
  ) {}

  /** The address to store for one that a person gave. Throws `Problem` 422. */
  async accept(address: string): Promise<string> {
    const url = URL.parse(address);
    if (url?.protocol === 'file:') return this.fileRoots.resolve(address);
    if (url && ['http:', 'https:'].includes(url.protocol) && url.password === '' && !url.search && !url.hash) {
      url.username = '';
      return url.href;
    }
    const detail = 'must be a https, http or file address without a password: a credential belongs into the settings of a source';
    throw new Problem(422, 'repository_address_refused', `the address of the repository ${detail}`, [{ pointer: '/url', detail }]);
  }

  /** Where a known repository is fetched from now. A folder is looked at again: a link may have been put in its place. */
  async of(row: Pick<RepositoryRow, 'clone_url' | 'source_id' | 'full_name'>): Promise<CloneAddress> {
    const source = row.source_id === null ? undefined : await this.directory.find(row.source_id);
    const fromSource = source?.baseUrl !== undefined && row.full_name !== null;
    const cloneUrl = fromSource
      ? cloneUrlOf(source.provider, source.settings, { baseUrl: source.baseUrl, fullName: row.full_name })
      : row.clone_url;
    if (cloneUrl.startsWith('file:')) {
      return { cloneUrl: await this.fileRoots.resolve(cloneUrl), fileRoot: true, ...(source ? { source } : {}) };
    }
    // A token ends when an origin of its source changes, so this address is one that it was stored for.
    const token = fromSource ? this.directory.tokenOf(source) : undefined;
    return { cloneUrl, fileRoot: false, ...(source ? { source } : {}), ...(token === undefined ? {} : { token }) };
  }
}
