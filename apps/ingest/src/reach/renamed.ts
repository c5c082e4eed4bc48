import { repositoryId, type NewFact } from '@throughline/contracts';
import type { AppReach, GivenRepository } from '@throughline/scm';
import { rows, type Tx } from '@throughline/service';
import { nextRevision, repositoryFact, type RepositoryRow } from '../repositories/repository-register.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { cloneUrlOf } from '../sources/source-settings.ts';
import type { ReachLook } from './reach-work.ts';

/** A name that went to another repository is no more that of the one before. */
const unname = `
  delete from repository_alias using repository, unnest($2::text[], $3::text[]) as told (called, host_id)
  where alias = told.called and repository.id = repository_alias.repository_id and repository.source_id = $1
    and repository.host_id is distinct from told.host_id`;

/** Known by the id that stays, or by what the host says that it was called. One that is known by its new name already stays beside. */
const rename = `
  update repository set full_name = told.full_name, clone_url = told.clone_url, host_id = told.host_id, host_id_proven = true, revision = ${nextRevision},
    name = case when repository.name = repository.full_name then told.full_name else repository.name end
  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as told (called, host_id, full_name, clone_url, former)
  where repository.source_id = $1 and repository.full_name <> told.full_name
    and (repository.host_id = told.host_id or (repository.host_id is null and lower(repository.full_name) = lower(told.former)))
    and (repository.repository = told.called or not exists (select 1 from repository other where other.repository = told.called))
  returning repository.*, told.called`;

const name = `
  insert into repository_alias (alias, repository_id) select told.called, told.id from unnest($1::text[], $2::uuid[]) as told (called, id)
  on conflict (alias) do update set repository_id = excluded.repository_id`;

/** A repository that was given, with the canonical id of its name. */
interface CalledRepository extends GivenRepository {
  readonly called: string;
}

/** What an installation may see, in our words. */
export type CalledReach =
  | Exclude<AppReach, { state: 'active' }>
  | { readonly state: 'active'; readonly account: string; readonly repositories: readonly CalledRepository[] };

export function calledReach({ provider, baseUrl }: KnownSource, found: AppReach): CalledReach {
  if (found.state !== 'active') return found;
  const repositories = found.repositories.map((one) => ({ ...one, called: repositoryId(provider.cloneUrl(baseUrl ?? '', one.fullName)) }));
  return { ...found, repositories };
}

/** Follows repositories to their new names: each stays who it was, with all that is known of it. */
export async function followRenames(
  tx: Tx,
  source: KnownSource,
  look: Pick<ReachLook, 'renamed'>,
  given: readonly CalledRepository[],
): Promise<NewFact[]> {
  const baseUrl = source.baseUrl ?? '';
  const called = given.map((one) => one.called);
  const ids = given.map(({ id }) => id);
  await rows(tx, unname, [source.id, called, ids]);
  const moved = await rows<RepositoryRow & { called: string }>(tx, rename, [
    source.id,
    called,
    ids,
    given.map(({ fullName }) => fullName),
    given.map(({ fullName }) => cloneUrlOf(source.provider, source.settings, { baseUrl, fullName })),
    given.map(({ id }) => (look.renamed?.id === id ? look.renamed.former : null)),
  ]);
  const others = moved.filter((row) => row.called !== row.repository);
  if (others.length > 0) await rows(tx, name, [others.map((row) => row.called), others.map(({ id }) => id)]);
  return moved.map((row) => repositoryFact(row, 'changed'));
}
