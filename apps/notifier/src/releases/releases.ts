import { Injectable } from '@nestjs/common';
import { repositoryId, RepositoryAddressRefused, sha256, uuidv7, type CheckReleaseRequest } from '@throughline/contracts';
import { Database, Problem, sees, type Identity, type Tx } from '@throughline/service';
import { Directory } from '../directory/directory.ts';
import { labelOf } from './release-answers.ts';
import { ReleaseRows, type ReleaseRow, type ReleaseScope } from './release-rows.ts';
import { ReleaseSweep } from './release-sweep.ts';
import { everyApplication, objectionTo, personOf, refuseScope } from './second-person.ts';

const usualMinutes = 60;
/** More at one time is no emergency, but a way around the gate. */
const mostStanding = 20;

/** Lets checks pass that nobody could judge, for a while: one person asks, another one confirms. */
@Injectable()
export class Releases {
  constructor(
    private readonly database: Database,
    private readonly table: ReleaseRows,
    private readonly directory: Directory,
    private readonly sweep: ReleaseSweep,
  ) {}

  /** Asks; nothing follows from it until somebody else confirms. Throws `Problem` 403, 409, 422. */
  async request(asked: CheckReleaseRequest, caller: Identity): Promise<ReleaseRow> {
    const person = personOf(caller);
    const reason = plain(asked.reason);
    if (reason === '') throw refused('/reason', 'say why nobody can wait for the judgement');
    const minutes = asked.minutes ?? usualMinutes;
    return this.database.transaction(async (tx) => {
      const scope = await this.scopeOf(tx, asked);
      refuseScope(caller, scope.application, 'ask for');
      if ((await this.table.standing(tx)) >= mostStanding)
        throw new Problem(409, 'too_many', `${mostStanding} releases are asked for or open: end some first`);
      const id = uuidv7();
      const digest = sha256(JSON.stringify([id, scope.application, scope.repository, scope.source, reason, minutes]));
      const requester = { requester: person.id, requesterAddress: person.email?.toLowerCase() ?? null, requestedBy: caller.name };
      await this.table.insert(tx, { id, ...scope, reason, minutes, digest, ...requester });
      const row = (await this.table.find(tx, id))!;
      await this.sweep.at(tx, id, row.confirmBefore);
      return row;
    });
  }

  /** From now on its checks pass. Throws `Problem` 403, 404, 409, 412. */
  async confirm(name: string, digest: string, caller: Identity): Promise<ReleaseRow> {
    return this.database.transaction(async (tx) => {
      const row = await this.visible(tx, name, caller, 'for update');
      const objection = objectionTo(caller, row);
      if (objection) throw objection;
      const person = personOf(caller);
      if (row.state === 'open' && row.digest === digest && row.confirmer === person.id) return row;
      if (row.state !== 'requested') throw new Problem(409, 'decided', `the release ${labelOf(row)} is ${row.state} already`);
      if (row.digest !== digest) throw new Problem(412, 'changed', 'this is not what you have read: read it again, and confirm its digest');
      if (row.confirmBefore.getTime() <= Date.now())
        throw new Problem(
          409,
          'over',
          `the release ${labelOf(row)} was not confirmed before ${row.confirmBefore.toISOString()}: ask again`,
        );
      await this.table.confirm(tx, row.id, { id: person.id, name: caller.name });
      await this.sweep.at(tx, row.id);
      return (await this.table.find(tx, row.id))!;
    });
  }

  /** Ends it before its time, or refuses the request. One person is enough: that lets nothing through. */
  async end(name: string, reason: string | undefined, caller: Identity): Promise<ReleaseRow> {
    return this.database.transaction(async (tx) => {
      const row = await this.visible(tx, name, caller, 'for update');
      refuseScope(caller, row.application, 'end');
      if (row.state === 'ended') return row;
      const note = plain(reason ?? '');
      await this.table.end(tx, row.id, row.state === 'open' ? 'closed' : 'refused', caller.name, note === '' ? null : note);
      await this.sweep.at(tx, row.id);
      return (await this.table.find(tx, row.id))!;
    });
  }

  /** Throws `Problem` 404 alike for one that is not there and one that the caller may not see. */
  async visible(tx: Tx, name: string, caller: Identity, lock: '' | 'for update' = ''): Promise<ReleaseRow> {
    const row = await this.table.find(tx, name, lock);
    if (!row || !(row.application === everyApplication || sees(caller, row.application)))
      throw new Problem(404, 'not_found', `there is no release ${name.slice(0, 100)}, or it is not yours to see`);
    return row;
  }

  private async scopeOf(tx: Tx, { repository: address, source }: CheckReleaseRequest): Promise<ReleaseScope> {
    if (address !== undefined && source !== undefined) throw refused('/source', 'name a repository or a source, not both');
    if (address === undefined) return { application: everyApplication, repository: null, source: source ?? null };
    const repository = canonical(address);
    const known = await this.directory.repository(tx, repository);
    if (!known) throw refused('/repository', `${repository} is not watched here`);
    return { application: known.application, repository, source: null };
  }
}

function canonical(address: string): string {
  try {
    return repositoryId(address);
  } catch (error) {
    if (!(error instanceof RepositoryAddressRefused)) throw error;
    throw refused('/repository', error.message);
  }
}

function refused(pointer: string, detail: string): Problem {
  return new Problem(422, 'release_refused', 'the release cannot be asked for like this', [{ pointer, detail }]);
}

/** Postgres takes no zero, and JSON no half of a pair. */
function plain(text: string): string {
  return text.replaceAll('\0', '').toWellFormed().trim();
}
