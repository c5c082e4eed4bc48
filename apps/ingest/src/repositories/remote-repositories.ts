import { Injectable } from '@nestjs/common';
import { EgressProxy, Problem } from '@throughline/service';
import { CloneAddresses } from './clone-addresses.ts';
import { lsRemote, type RemoteRefs } from './ls-remote.ts';
import { Repositories } from './repositories.ts';
import type { RepositoryRow } from './repository-register.ts';

/** What repositories hold where they really are. */
@Injectable()
export class RemoteRepositories {
  constructor(
    private readonly repositories: Repositories,
    private readonly addresses: CloneAddresses,
    private readonly proxy: EgressProxy,
  ) {}

  /** The refs that match the patterns, and where HEAD points. Throws `Problem` 422 for a repository that does not answer. */
  async refs(row: RepositoryRow, patterns: readonly string[]): Promise<RemoteRefs> {
    const { cloneUrl, source, token } = await this.addresses.of(row);
    const authorization = token === undefined ? undefined : source?.provider.authorization(token, 'clone');
    const proxy = await this.proxy.url();
    return lsRemote({ url: cloneUrl, proxy, ...(authorization === undefined ? {} : { authorization }) }, patterns);
  }

  /** The same for a repository by its canonical id. Throws `Problem` 404, 422. */
  async refsOf(repository: string, patterns: readonly string[]): Promise<RemoteRefs> {
    const row = await this.repositories.find(repository);
    if (!row) throw new Problem(404, 'not_found', 'no such repository is registered');
    return this.refs(row, patterns);
  }
}
