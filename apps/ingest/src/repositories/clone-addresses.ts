import { Injectable } from '@nestjs/common';
import { Problem } from '@throughline/service';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { cloneUrlOf } from '../sources/source-settings.ts';
import { SourceTokens } from '../sources/source-tokens.ts';
import { FileRoots } from './file-roots.ts';
import type { RepositoryRow } from './repository-register.ts';

/** Where a repository is fetched from, and the credential that may be sent there. */
export interface CloneAddress {
  readonly cloneUrl: string;
  readonly source?: KnownSource;
  /** Its name at the source, whose credentials are for this address. */
  readonly opens?: { readonly fullName: string };
  /** A folder of this machine below an allowed root. */
  readonly fileRoot: boolean;
}

/** The addresses of repositories: from the source's settings, never from what a payload said. */
@Injectable()
export class CloneAddresses {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly fileRoots: FileRoots,
    private readonly tokens: SourceTokens,
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
    // Credentials end when an origin of their source changes, so this address is one that they were stored for.
    return { cloneUrl, fileRoot: false, ...(source ? { source } : {}), ...(fromSource ? { opens: { fullName: row.full_name } } : {}) };
  }

  /** What git sends to the address; undefined where nothing opens it. Throws `Problem` 503 while the host gives no token. */
  async authorization({ source, opens }: CloneAddress): Promise<string | undefined> {
    const token = source && opens && (await this.tokens.of(source, opens, 'clone'));
    return token && source.provider.authorization(token.token, 'clone');
  }
}
