import { Injectable } from '@nestjs/common';
import { chainIdOf, ChangePushed, commitForm, make, uuidv7, type NewScan, type StartedScan } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { isRef } from '@throughline/scm';
import { Database, Problem, refuseOutOfBounds, rows, type Identity } from '@throughline/service';
import { Heads, headsIn } from './heads.ts';
import type { RemoteRefs } from './ls-remote.ts';
import { RemoteRepositories } from './remote-repositories.ts';
import { Repositories } from './repositories.ts';

/** The commit that was asked for, and where it lies. */
interface Target {
  readonly ref: string;
  readonly commit: string;
  readonly defaultBranch: string;
}

/** Scans asked for by a person: the same as a push, of what the repository holds now. */
@Injectable()
export class Scans {
  constructor(
    private readonly database: Database,
    private readonly repositories: Repositories,
    private readonly remotes: RemoteRepositories,
    private readonly heads: Heads,
    private readonly outbox: Outbox,
  ) {}

  /** Throws `Problem` 404 for an unknown repository, 422 for a ref that it does not have or an address that does not answer. */
  async start(id: string, asked: NewScan, caller: Identity): Promise<StartedScan> {
    const row = await this.repositories.row(id, caller);
    refuseOutOfBounds(caller, { repository: row.repository, ...asked });
    const wanted = caller.bound ? { ref: caller.bound.ref, commit: caller.bound.commit } : asked;
    const target = targetOf(await this.remotes.refs(row, patternsOf(wanted.ref)), wanted);
    const request = uuidv7();
    const fact = make(ChangePushed, {
      repository: row.repository,
      ...(row.source_id === null ? {} : { source: row.source_id }),
      ref: target.ref,
      after: target.commit,
      defaultBranch: target.defaultBranch,
      forced: false,
      pusher: caller.name.slice(0, 200),
      commits: [],
      rescan: true,
    });
    await this.database.transaction(async (tx) => {
      const still = await rows(tx, 'select 1 from repository where id = $1 for key share', [row.id]);
      if (still.length === 0) throw new Problem(404, 'not_found', 'the repository was removed meanwhile');
      await this.heads.record(tx, headsIn([fact], { at: new Date() }));
      await this.outbox.add(tx, { fact, deliveryKey: request });
    });
    const query = new URLSearchParams({ repository: row.repository, commit: target.commit });
    return {
      id: request,
      status: 'queued',
      location: `/api/v1/scans?${query.toString()}`,
      repository: row.repository,
      ref: target.ref,
      commit: target.commit,
      chain: chainIdOf(row.repository, target.commit),
    };
  }
}

function patternsOf(ref: string | undefined): string[] {
  return ['HEAD', ...(ref === undefined ? [] : namesOf(ref).flatMap((name) => [name, `${name}^{}`]))];
}

/** What a wanted ref may mean at a remote, in git's own order. */
function namesOf(ref: string): string[] {
  const names = ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  if (!names.every(isRef)) throw refRefused('is no name that git allows');
  return names;
}

/** The commit is the one asked for, else the head of the ref; whether it is reachable from there is seen when it is fetched. */
export function targetOf({ refs, head }: RemoteRefs, wanted: NewScan): Target {
  const ref = wanted.ref === undefined ? head : namesOf(wanted.ref).find((name) => refs.has(name));
  const found = ref === undefined ? undefined : (refs.get(ref) ?? (wanted.ref === undefined ? refs.get('HEAD') : undefined));
  if (ref === undefined || found === undefined)
    throw refRefused(wanted.ref === undefined ? 'is not told by the repository: name one' : 'does not exist there');
  if (wanted.commit !== undefined && !commitForm.test(wanted.commit)) {
    throw new Problem(422, 'commit_refused', 'the commit must be a full id in lower case', [
      { pointer: '/commit', detail: 'must have 40 or 64 hex digits' },
    ]);
  }
  const defaultBranch = (head ?? ref).replace(/^refs\/(?:heads|tags)\//, '');
  return { ref, commit: wanted.commit ?? found, defaultBranch };
}

function refRefused(detail: string): Problem {
  return new Problem(422, 'ref_refused', `the branch or tag ${detail}`, [{ pointer: '/ref', detail }]);
}
