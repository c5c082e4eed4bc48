import { Injectable } from '@nestjs/common';
import { uuidv7, type WaiverQuery, type WaiverRequest } from '@throughline/contracts';
import { canonicalJson, longestWaiverDays } from '@throughline/policy';
import { canonicalRepository, Database, decodeCursor, Problem, requireMatch, type Identity, type Tx } from '@throughline/service';
import { Tolerances } from '../applications/tolerances.ts';
import { contentDigest, endOf, isShown, labelOf, type WaiverContent } from './waiver-content.ts';
import { WaiverEnds } from './waiver-ends.ts';
import { WaiverRows, type WaiverEventRow, type WaiverFilter, type WaiverRow } from './waiver-rows.ts';
import { WaiverScopes, type Asker, type ScopeInTier } from './waiver-scopes.ts';

const dayMs = 86_400_000;
const maxOpen = 1000;

/** Requests for exceptions: asked for, changed and read. */
@Injectable()
export class Waivers {
  constructor(
    private readonly database: Database,
    private readonly table: WaiverRows,
    private readonly scopes: WaiverScopes,
    private readonly tolerances: Tolerances,
    private readonly ends: WaiverEnds,
  ) {}

  async page(query: WaiverQuery, caller: Identity, limit: number): Promise<readonly WaiverRow[]> {
    const filter = await this.filterOf(query);
    return this.database.transaction((tx) => this.table.page(tx, filter, caller, limit));
  }

  read(name: string, caller: Identity): Promise<{ readonly row: WaiverRow; readonly history: readonly WaiverEventRow[] }> {
    return this.database.transaction(async (tx) => {
      const row = await this.visible(tx, name, caller);
      return { row, history: await this.table.history(tx, row.id) };
    });
  }

  /** Asks; nothing follows from it until somebody else approves. */
  async request(asked: WaiverRequest, asker: Asker): Promise<WaiverRow> {
    const { caller } = asker;
    const content = contentOf(asked, await this.scopes.of(asked, asker), caller);
    const id = uuidv7();
    const digest = contentDigest(id, content);
    return this.database.transaction(async (tx) => {
      if ((await this.table.openOf(tx, content.scope.application)) >= maxOpen)
        throw new Problem(409, 'too_many', `${maxOpen} exceptions of ${content.scope.application} are open: revoke some first`);
      await this.table.insert(tx, { id, content, digest, requestedBy: caller.name, ...writersWith(caller) });
      await this.table.note(tx, id, { kind: 'requested', by: caller.name, digest, note: null });
      const row = (await this.table.find(tx, id))!;
      await this.ends.atItsTime(tx, row);
      return row;
    });
  }

  /** Writes it anew; what was approved was something else, so that ends. */
  async put(name: string, asked: WaiverRequest, asker: Asker, ifMatch: string | undefined): Promise<WaiverRow> {
    const { caller } = asker;
    const content = contentOf(asked, await this.scopes.of(asked, asker), caller);
    return this.database.transaction(async (tx) => {
      const before = await this.visible(tx, name, caller, 'for update');
      requireMatch(`the exception ${labelOf(before)}`, before.revision, ifMatch);
      if (before.state === 'ended') throw new Problem(409, 'ended', `the exception ${labelOf(before)} has ended: ask for a new one`);
      if (before.content.origin)
        throw new Problem(
          409,
          'from_repository',
          `the exception ${labelOf(before)} says what a file says: change it there, or ask for your own`,
        );
      if (canonicalJson(before.content) === canonicalJson(content)) return before;
      const digest = contentDigest(before.id, content);
      const row = await this.table.rewrite(tx, { id: before.id, content, digest, ...writersWith(caller, before) });
      await this.table.note(tx, before.id, { kind: 'edited', by: caller.name, digest, note: null });
      if (before.state === 'granted') await this.ends.takeBack(tx, before, row, caller.name);
      await this.ends.atItsTime(tx, row);
      return row;
    });
  }

  private async visible(tx: Tx, name: string, caller: Identity, lock: '' | 'for update' = ''): Promise<WaiverRow> {
    const row = await this.table.find(tx, name, lock);
    if (!row || !isShown(row, caller))
      throw new Problem(404, 'not_found', `there is no exception ${name.slice(0, 100)}, or it is not yours to see`);
    return row;
  }

  private async filterOf({
    repository,
    cursor,
    state,
    application,
    finding,
    cve,
    decision,
    premise,
    origin,
    from,
    to,
  }: WaiverQuery): Promise<WaiverFilter> {
    const before = decodeCursor(cursor, 1)?.[0];
    const narrowed = {
      state,
      application,
      finding,
      cve,
      decision,
      premise,
      origin,
      from,
      to,
      before: typeof before !== 'string' ? undefined : before,
    };
    if (repository === undefined) return narrowed;
    const id = canonicalRepository(repository);
    const { tolerance } = await this.tolerances.ofRepository(id);
    return { ...narrowed, repository: id, repositoryApplication: tolerance.application };
  }
}

function contentOf(asked: WaiverRequest, { scope, tier }: ScopeInTier, caller: Identity): WaiverContent {
  const reason = plain(asked.reason);
  if (reason === '') throw refused('/reason', 'say why the risk is taken');
  const { response, premise, decision, endsWhen = ['known_exploited'] } = asked;
  return {
    ...{ scope, reason, owner: plain(asked.owner ?? caller.name), endsWhen: [...endsWhen].sort(), until: untilOf(asked.until, tier) },
    ...(response === undefined ? {} : { response }),
    ...(premise === undefined ? {} : { premise: plain(premise) }),
    ...(decision === undefined ? {} : { decision: decision.toLowerCase() }),
  };
}

/** Nobody takes a risk for ever. */
function untilOf(asked: string, tier: ScopeInTier['tier']): string {
  const until = endOf(asked);
  const days = longestWaiverDays(tier);
  if (!(until.getTime() > Date.now())) throw refused('/until', 'lies in the past');
  if (until.getTime() > Date.now() + (days + 1) * dayMs)
    throw refused('/until', `is later than ${days} days from now, the longest for ${tier ?? 'more than one application'}`);
  return until.toISOString();
}

function refused(pointer: string, detail: string): Problem {
  return new Problem(422, 'waiver_refused', 'the exception cannot be asked for like this', [{ pointer, detail }]);
}

/** Postgres takes no zero, and canonical JSON no half of a pair. */
function plain(text: string): string {
  return text.replaceAll('\0', '').toWellFormed().trim();
}

function writersWith({ id, person }: Identity, before?: WaiverRow): Pick<WaiverRow, 'writers' | 'addresses'> {
  const address = person?.email?.toLowerCase();
  return {
    writers: [...new Set([...(before?.writers ?? []), id])],
    addresses: [...new Set([...(before?.addresses ?? []), ...(address === undefined ? [] : [address])])],
  };
}
