import { Injectable } from '@nestjs/common';
import type { OrganisationConnected, OrganisationWanted } from '@throughline/contracts';
import { ScmCallFailed, type ListedRepository } from '@throughline/scm';
import { Problem, type Identity } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { Sources } from '../sources/sources.ts';
import { ConnectedOrganisations } from './connected-organisations.ts';
import { Joining } from './joining.ts';

const mostPages = 200;
const longestMs = 40_000;

/** Connects all repositories of an organisation that are wanted. */
@Injectable()
export class Organisations {
  constructor(
    private readonly sources: Sources,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly joining: Joining,
    private readonly connected: ConnectedOrganisations,
  ) {}

  /** Said again, it connects what came since. Throws `Problem` 404, 422, 503. */
  async connect(id: string, asked: OrganisationWanted, caller: Identity, dryRun: boolean): Promise<OrganisationConnected> {
    await this.sources.row(id, caller);
    const source = await this.directory.find(id);
    if (source?.baseUrl === undefined) throw refused('its source has no address yet: set settings.baseUrl');
    const listed = await this.listed(source, asked.organisation);
    if (!dryRun) await this.connected.note(source, asked);
    return this.joining.take({ ...source, baseUrl: source.baseUrl }, listed, asked, dryRun);
  }

  private async listed(source: KnownSource, organisation: string): Promise<ListedRepository[]> {
    const to = await this.apis.ofOrganisation(source, organisation);
    const list = to && source.provider.repositories?.(to);
    if (!list) throw refused(`${source.provider.title} does not list its repositories`);
    const until = Date.now() + longestMs;
    const found = new Map<string, ListedRepository>();
    try {
      for (let page = 1; page <= mostPages; page++) {
        const { repositories, more } = await list(organisation, page);
        for (const one of repositories) found.set(one.fullName.toLowerCase(), one);
        if (!more) return [...found.values()];
        if (Date.now() > until) break;
      }
    } catch (error) {
      if (!(error instanceof ScmCallFailed)) throw error;
      if (error.retryable) throw new Problem(503, 'unavailable', error.message, [], { 'retry-after': '30' });
      throw refused(error.message);
    }
    throw new Problem(503, 'unavailable', 'the host lists too slowly or too much: connect parts of it', [], { 'retry-after': '30' });
  }
}

function refused(detail: string): Problem {
  return new Problem(422, 'organisation_refused', `the organisation cannot be connected: ${detail}`, [
    { pointer: '/organisation', detail },
  ]);
}
