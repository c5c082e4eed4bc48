import { Injectable } from '@nestjs/common';
import { HostOutages } from '@throughline/git';
import type { RepositoryAddress } from '@throughline/scm';
import { EgressProxy } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { CloneAddresses } from './clone-addresses.ts';
import { lsRemote, type RemoteRefs } from './ls-remote.ts';
import { Repositories } from './repositories.ts';
import type { RepositoryRow } from './repository-register.ts';

/** What repositories hold where they really are. */
@Injectable()
export class RemoteRepositories {
  private readonly outages = new HostOutages();

  constructor(
    private readonly repositories: Repositories,
    private readonly addresses: CloneAddresses,
    private readonly proxy: EgressProxy,
  ) {}

  /** The refs that match the patterns, and where HEAD points. Throws `Problem` 422 for a repository that does not answer. */
  async refs(row: Pick<RepositoryRow, 'clone_url' | 'source_id' | 'full_name'>, patterns: readonly string[]): Promise<RemoteRefs> {
    const address = await this.addresses.of(row);
    const authorization = await this.addresses.authorization(address);
    const proxy = await this.proxy.url();
    const { outages } = this;
    return lsRemote({ url: address.cloneUrl, proxy, outages, ...(authorization === undefined ? {} : { authorization }) }, patterns);
  }

  /** The same for a repository that a source speaks about, whether or not it is registered. Throws `Problem` 422. */
  async refsOf(source: KnownSource, { id, fullName }: RepositoryAddress, patterns: readonly string[]): Promise<RemoteRefs> {
    const row = await this.repositories.find(id);
    return this.refs(row ?? { clone_url: '', source_id: source.id, full_name: fullName }, patterns);
  }
}
