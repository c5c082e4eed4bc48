import { Injectable } from '@nestjs/common';
import { CloneAddresses } from './clone-addresses.ts';
import { lsRemote, type RemoteRefs } from './ls-remote.ts';
import type { RepositoryRow } from './repository-register.ts';

/** What repositories hold where they really are. */
@Injectable()
export class RemoteRepositories {
  constructor(private readonly addresses: CloneAddresses) {}

  /** The refs that match the patterns, and where HEAD points. Throws `Problem` 422 for a repository that does not answer. */
  async refs(row: RepositoryRow, patterns: readonly string[]): Promise<RemoteRefs> {
    const { cloneUrl, source, token } = await this.addresses.of(row);
    const authorization = token === undefined ? undefined : source?.provider.authorization(token, 'clone');
    return lsRemote({ cloneUrl, ...(authorization === undefined ? {} : { authorization }) }, patterns);
  }
}
