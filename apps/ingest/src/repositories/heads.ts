import { Injectable } from '@nestjs/common';
import { ChangePushed } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

/** A branch of a repository, by canonical id, at a commit. */
export interface Head {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  readonly at: Date;
}

const upsert = `
  insert into repository_head (repository_id, ref, commit, told_at)
  select repository.id, told.ref, told.commit, told.at
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as told (repository, ref, commit, at)
  join repository on repository.repository = told.repository
  order by repository.id, told.ref
  on conflict (repository_id, ref) do update set commit = excluded.commit, told_at = excluded.told_at
    where repository_head.told_at <= excluded.told_at`;

/** What we were told about branches, to find what we were not told. */
@Injectable()
export class Heads {
  /** Of several for one branch the latest counts; a branch never moves back in time. */
  async record(tx: Tx, heads: readonly Head[]): Promise<void> {
    const latest = new Map<string, Head>();
    for (const head of heads) {
      const name = `${head.repository} ${head.ref}`;
      if (head.ref.startsWith('refs/heads/') && head.at >= (latest.get(name)?.at ?? head.at)) latest.set(name, head);
    }
    if (latest.size === 0) return;
    const told = [...latest.values()];
    await rows(tx, upsert, [
      told.map(({ repository }) => repository),
      told.map(({ ref }) => ref),
      told.map(({ commit }) => commit),
      told.map(({ at }) => at),
    ]);
  }

  async of(tx: Tx, repositoryId: string): Promise<ReadonlyMap<string, string>> {
    const known = await rows<{ ref: string; commit: string }>(tx, 'select ref, commit from repository_head where repository_id = $1', [
      repositoryId,
    ]);
    return new Map(known.map(({ ref, commit }) => [ref, commit]));
  }

  async forget(tx: Tx, repositoryId: string, refs: readonly string[]): Promise<void> {
    if (refs.length === 0) return;
    await rows(tx, 'delete from repository_head where repository_id = $1 and ref = any($2::text[])', [repositoryId, refs]);
  }
}

/** The heads that facts tell. */
export function headsIn(facts: readonly object[], at: Date): Head[] {
  return facts.flatMap((fact) =>
    fact instanceof ChangePushed ? [{ repository: fact.repository, ref: fact.ref, commit: fact.after, at }] : [],
  );
}
