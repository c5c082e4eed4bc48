import { Injectable } from '@nestjs/common';
import { make, OrganisationConnected, type OrganisationWanted } from '@throughline/contracts';
import { ScmCallFailed, type ListedRepository } from '@throughline/scm';
import { Database, Problem, type Identity } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { Sources } from '../sources/sources.ts';
import { Joining } from './joining.ts';
import { select } from './selection.ts';

const mostPages = 200;
const mostLeftOut = 1000;
const longestMs = 40_000;

const standing = `
  select name.id, exists (select 1 from repository where repository.repository = name.id and source_id is not null) as known,
    exists (select 1 from dismissed_repository gone where gone.repository = name.id and gone.source_id = $2) as dismissed
  from unnest($1::text[]) as name (id)`;

/** A repository of a source with what is known of it here. */
interface Standing {
  readonly id: string;
  readonly known: boolean;
  /** A person removed it: only a person brings it back. */
  readonly dismissed: boolean;
}

/** Connects all repositories of an organisation that are wanted. */
@Injectable()
export class Organisations {
  constructor(
    private readonly database: Database,
    private readonly sources: Sources,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly joining: Joining,
  ) {}

  /** Said again, it connects what came since. Throws `Problem` 404, 422, 503. */
  async connect(id: string, asked: OrganisationWanted, caller: Identity, dryRun: boolean): Promise<OrganisationConnected> {
    await this.sources.row(id, caller);
    const source = await this.directory.find(id);
    if (source?.baseUrl === undefined) throw refused('its source has no address yet: set settings.baseUrl');
    const listed = await this.listed(source, asked.organisation);
    const { wanted, leftOut } = select(listed, asked, { ...source, baseUrl: source.baseUrl });
    const states = await this.database.rows<Standing>(standing, [wanted.map((one) => one.id), source.id]);
    const dismissed = new Set(states.filter((state) => state.dismissed && !state.known).map((state) => state.id));
    const fresh = new Set(states.filter((state) => !state.known && !state.dismissed).map((state) => state.id));
    const news = wanted.filter((one) => fresh.has(one.id));
    if (!dryRun) await this.joining.join(source, news);
    const removed = wanted
      .filter((one) => dismissed.has(one.id))
      .map(({ fullName }) => ({ name: fullName, reason: 'removed_here' as const }));
    return make(OrganisationConnected, {
      found: listed.length,
      connected: news.length,
      known: wanted.length - news.length - removed.length,
      leftOut: [...leftOut, ...removed].slice(0, mostLeftOut),
    });
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
