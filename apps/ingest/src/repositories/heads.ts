import { Injectable } from '@nestjs/common';
import { ChangePushed } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

/** A branch of a repository, by canonical id, at a commit. */
export interface Head {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  /** When we were told. */
  readonly at: Date;
  /** When it happened by the provider's clock, where it tells. */
  readonly saidAt?: Date | undefined;
}

/** Where a branch was when we were last told. */
export interface KnownHead {
  readonly commit: string;
  readonly saidAt?: Date;
}

/** Notes heads given as the first five parameters; see `headColumns`. */
export const upsertHeads = `
  insert into repository_head (repository_id, ref, commit, told_at, said_at)
  select repository.id, told.ref, told.commit, told.at, told.said_at
  from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) as told (repository, ref, commit, at, said_at)
  join repository on repository.repository = told.repository
  order by repository.id, told.ref
  on conflict (repository_id, ref) do update set commit = excluded.commit, told_at = excluded.told_at, said_at = excluded.said_at
    where repository_head.told_at <= excluded.told_at`;

/** SQL that holds heads, always in one order; `repositories` and `refs` are parameters, pair by pair. */
export const holdHeads = (repositories: string, refs: string): string => `
  select repository.repository, head.ref, head.commit, head.said_at
  from repository_head head join repository on repository.id = head.repository_id
  where (repository.repository, head.ref) in (select * from unnest(${repositories}::text[], ${refs}::text[]))
  order by head.repository_id, head.ref
  for update of head`;

/** What we were told about branches, to find what we were not told. */
@Injectable()
export class Heads {
  async record(tx: Tx, heads: readonly Head[]): Promise<void> {
    const columns = headColumns(heads);
    if (columns[0].length > 0) await rows(tx, upsertHeads, columns);
  }

  /** What is known of branches, by `<repository> <ref>`; nobody else changes it before the transaction ends. */
  async lock(tx: Tx, branches: readonly { readonly repository: string; readonly ref: string }[]): Promise<ReadonlyMap<string, KnownHead>> {
    if (branches.length === 0) return new Map();
    const known = await rows<{ repository: string; ref: string; commit: string; said_at: Date | null }>(tx, holdHeads('$1', '$2'), [
      branches.map(({ repository }) => repository),
      branches.map(({ ref }) => ref),
    ]);
    return new Map(
      known.map(({ repository, ref, commit, said_at }) => [
        `${repository} ${ref}`,
        { commit, ...(said_at === null ? {} : { saidAt: said_at }) },
      ]),
    );
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

/** The parameters of `upsertHeads`. Of several for one branch the latest counts; a branch never moves back in time. */
export function headColumns(heads: readonly Head[]): [string[], string[], string[], Date[], (Date | null)[]] {
  const latest = new Map<string, Head>();
  for (const head of heads) {
    const name = `${head.repository} ${head.ref}`;
    if (head.ref.startsWith('refs/heads/') && head.at >= (latest.get(name)?.at ?? head.at)) latest.set(name, head);
  }
  const told = [...latest.values()];
  return [
    told.map(({ repository }) => repository),
    told.map(({ ref }) => ref),
    told.map(({ commit }) => commit),
    told.map(({ at }) => at),
    told.map(({ saidAt }) => saidAt ?? null),
  ];
}

/** The heads that facts tell. */
export function headsIn(facts: readonly object[], told: Pick<Head, 'at' | 'saidAt'>): Head[] {
  return facts.flatMap((fact) =>
    fact instanceof ChangePushed ? [{ repository: fact.repository, ref: fact.ref, commit: fact.after, ...told }] : [],
  );
}
