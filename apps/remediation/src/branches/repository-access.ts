import { Injectable } from '@nestjs/common';
import type { RepositoryCredential } from '@throughline/contracts';
import type { Origin } from '@throughline/git';
import { findScmProvider, type ChangeRequests } from '@throughline/scm';
import { EgressProxy, InternalClient, Outbound, Problem } from '@throughline/service';
import { ownRef } from './own-branch.ts';

/** A repository that is open for one branch, for some minutes. */
export interface WritableRepository {
  readonly origin: Origin;
  readonly fullName: string;
  readonly changeRequests: ChangeRequests;
  /** Called before each use. Throws when the credential has run out. */
  readonly stillOpen: () => void;
}

/** The ways to repositories: asked for each time, and kept nowhere. */
@Injectable()
export class RepositoryAccess {
  constructor(
    private readonly services: InternalClient,
    private readonly proxy: EgressProxy,
    private readonly outbound: Outbound,
  ) {}

  /** To fetch from. */
  async readable(repository: string): Promise<Origin> {
    return this.originOf(await this.credential({ repository, purpose: 'clone' }));
  }

  /** To write one branch of ours, and its change request. Throws `Problem` 409 where nothing may be pushed. */
  async writable(repository: string, branch: string): Promise<WritableRepository> {
    ownRef(branch);
    const given = await this.credential({ repository, purpose: 'write', branch });
    const { provider: name, apiUrl, apiAuthorization, fullName } = given;
    const provider = findScmProvider(name);
    const client =
      apiUrl === undefined
        ? undefined
        : provider?.connect({
            apiUrl,
            dispatcher: this.outbound.dispatcher,
            ...(apiAuthorization !== undefined && { authorization: apiAuthorization }),
          });
    if (!client?.changeRequests || fullName === undefined)
      throw new Problem(
        409,
        'not_writable',
        `change requests cannot be opened at ${provider?.title ?? 'a repository without provider'} yet`,
      );
    return { origin: await this.originOf(given), fullName, changeRequests: client.changeRequests, stillOpen: lasting(given.expiresAt) };
  }

  private credential(body: object): Promise<RepositoryCredential> {
    return this.services.call<RepositoryCredential>('ingest', { method: 'POST', path: '/internal/repositories/credential', body });
  }

  private async originOf({ cloneUrl, authorization }: RepositoryCredential): Promise<Origin> {
    return { url: cloneUrl, proxy: await this.proxy.url(), ...(authorization !== undefined && { authorization }) };
  }
}

function lasting(until: string | undefined): () => void {
  const end = until === undefined ? 0 : Date.parse(until);
  return () => {
    if (!(Date.now() < end)) throw new Error('the credential for writing has run out');
  };
}
