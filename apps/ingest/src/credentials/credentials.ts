import { Injectable } from '@nestjs/common';
import type { CredentialRequest, RepositoryCredential } from '@throughline/contracts';
import { Log, Problem, type Identity } from '@throughline/service';
import { CloneAddresses, type CloneAddress } from '../repositories/clone-addresses.ts';
import { canonical, Repositories } from '../repositories/repositories.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { KnownSource } from '../sources/known-source.ts';

/** Hands the credential of a repository to the one service that needs it now. It is stored nowhere else. */
@Injectable()
export class Credentials {
  constructor(
    private readonly repositories: Repositories,
    private readonly addresses: CloneAddresses,
    private readonly directory: SourceDirectory,
    private readonly log: Log,
  ) {}

  /** Throws `Problem` 404 for a repository that nobody registered, 403 for a purpose that is not the caller's. */
  async issue({ repository, purpose }: CredentialRequest, caller: Identity): Promise<RepositoryCredential> {
    if (purposes[caller.id] !== purpose) throw new Problem(403, 'forbidden', `${caller.id} gets no credential for ${purpose}`);
    const row = await this.repositories.find(canonical(repository));
    if (!row) throw new Problem(404, 'not_found', 'no such repository is registered');
    const address = await this.addresses.of(row);
    const way = purpose === 'clone' ? cloneWay(address) : this.statusWay(address.source, row.full_name);
    this.log.info(
      { repository: row.repository, purpose, by: caller.id, anonymous: !('authorization' in way) },
      'a repository was opened to a service',
    );
    return {
      provider: address.source?.provider.name ?? 'none',
      cloneUrl: address.cloneUrl,
      ...(address.fileRoot ? { fileRoot: true } : {}),
      ...way,
    };
  }

  private statusWay(source: KnownSource | undefined, fullName: string | null): Partial<RepositoryCredential> {
    if (source?.baseUrl === undefined || fullName === null) return {};
    const token = this.directory.tokenOf(source);
    return {
      apiUrl: source.settings.apiUrl ?? source.provider.apiUrl(source.baseUrl),
      fullName,
      ...(token === undefined ? {} : { authorization: source.provider.authorization(token, 'api') }),
    };
  }
}

/** Who needs a credential for what. */
const purposes: Readonly<Record<string, CredentialRequest['purpose'] | undefined>> = {
  'scanner-orchestrator': 'clone',
  notifier: 'status',
};

function cloneWay({ source, token }: CloneAddress): Partial<RepositoryCredential> {
  return source && token !== undefined ? { authorization: source.provider.authorization(token, 'clone') } : {};
}
