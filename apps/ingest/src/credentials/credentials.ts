import { Injectable } from '@nestjs/common';
import type { CredentialRequest, RepositoryCredential } from '@throughline/contracts';
import { isOwnBranch } from '@throughline/scm';
import { Log, Problem, type Identity } from '@throughline/service';
import { CloneAddresses, type CloneAddress } from '../repositories/clone-addresses.ts';
import { canonical, Repositories } from '../repositories/repositories.ts';
import { SourceTokens, type UsableToken } from '../sources/source-tokens.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { apiUrlOf } from '../sources/source-settings.ts';

type Purpose = CredentialRequest['purpose'];

/** How long whoever may write may do so. */
const usableMs = 10 * 60_000;

/** Hands the credential of a repository to the one service that needs it now. It is stored nowhere else. */
@Injectable()
export class Credentials {
  constructor(
    private readonly repositories: Repositories,
    private readonly addresses: CloneAddresses,
    private readonly tokens: SourceTokens,
    private readonly log: Log,
  ) {}

  /** Throws `Problem` 404 for a repository that nobody registered, 403 for a purpose or branch that is not the caller's. */
  async issue({ repository, purpose, branch }: CredentialRequest, caller: Identity): Promise<RepositoryCredential> {
    if (!purposes[caller.id]?.includes(purpose)) throw new Problem(403, 'forbidden', `${caller.id} gets no credential for ${purpose}`);
    if (purpose === 'write' && (branch === undefined || !isOwnBranch(branch)))
      throw new Problem(403, 'forbidden', 'only branches below throughline/ are opened for writing');
    const row = await this.repositories.find(canonical(repository));
    if (!row) throw new Problem(404, 'not_found', 'no such repository is registered');
    const address = await this.addresses.of(row);
    const way = await this.ways[purpose](address, row.full_name);
    this.log.info(
      { repository: row.repository, purpose, branch, by: caller.id, anonymous: !('authorization' in way) },
      'a repository was opened to a service',
    );
    return {
      provider: address.source?.provider.name ?? 'none',
      cloneUrl: address.cloneUrl,
      ...(address.fileRoot ? { fileRoot: true } : {}),
      ...way,
    };
  }

  private readonly ways: Readonly<Record<Purpose, Way>> = {
    clone: async (address) => {
      const authorization = await this.addresses.authorization(address);
      return authorization === undefined ? {} : { authorization };
    },

    status: async ({ source }, fullName) => {
      const way = { ...apiOf(source, fullName), ...(source?.comments === undefined ? {} : { comments: source.comments }) };
      if (!source || fullName === null || way.apiUrl === undefined) return way;
      const token = await this.tokens.of(source, { fullName }, 'status');
      return token ? { ...way, ...limitsOf(token), authorization: source.provider.authorization(token.token, 'api') } : way;
    },

    write: async ({ source, fileRoot }, fullName) => {
      if (!source || fileRoot || fullName === null)
        throw notWritable('it has no source at a provider: there is nobody to open a change request with');
      const token = await this.tokens.of(source, { fullName }, 'write');
      if (token === undefined) throw notWritable('its source has no writeToken: store one to allow branches with fixes');
      const { provider } = source;
      return {
        ...apiOf(source, fullName),
        authorization: provider.authorization(token.token, 'clone'),
        apiAuthorization: provider.authorization(token.token, 'api'),
        expiresAt: (token.expiresAt ?? new Date(Date.now() + usableMs)).toISOString(),
      };
    },
  };
}

type Way = (address: CloneAddress, fullName: string | null) => Promise<Partial<RepositoryCredential>>;

/** Who needs a credential for what. */
const purposes: Readonly<Record<string, readonly Purpose[] | undefined>> = {
  'scanner-orchestrator': ['clone'],
  notifier: ['status'],
  remediation: ['clone', 'write'],
};

function apiOf(source: KnownSource | undefined, fullName: string | null): Partial<RepositoryCredential> {
  if (source?.baseUrl === undefined || fullName === null) return {};
  return { apiUrl: apiUrlOf(source.provider, source.settings, source.baseUrl), fullName };
}

function limitsOf({ app, expiresAt }: UsableToken): Pick<RepositoryCredential, 'app' | 'expiresAt'> {
  return { ...(app === undefined ? {} : { app }), ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}) };
}

function notWritable(why: string): Problem {
  return new Problem(409, 'not_writable', `nothing can be pushed to the repository: ${why}`);
}
