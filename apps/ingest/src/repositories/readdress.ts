import type { NewFact } from '@throughline/contracts';
import type { ScmProvider } from '@throughline/scm';
import { rows, type Tx } from '@throughline/service';
import { cloneUrlOf, type SourceAddresses } from '../sources/source-settings.ts';
import { nextRevision, repositoryFact, type RepositoryRow } from './repository-register.ts';

/** A source whose addresses were changed. */
export interface Moved {
  readonly source: string;
  readonly provider: ScmProvider;
  readonly baseUrl: string | undefined;
  readonly addresses: SourceAddresses;
}

const update = `
  update repository set clone_url = moved.clone_url, revision = ${nextRevision}
  from unnest($1::uuid[], $2::text[]) as moved (id, clone_url)
  where repository.id = moved.id
  returning repository.*`;

/** Gives the repositories of a source their new addresses, and answers the facts that say so. */
export async function readdress(tx: Tx, { source, provider, baseUrl, addresses }: Moved): Promise<NewFact[]> {
  if (baseUrl === undefined) return [];
  const sql = 'select * from repository where source_id = $1 and full_name is not null order by id for update';
  const found = await rows<RepositoryRow & { full_name: string }>(tx, sql, [source]);
  const moved = found
    .map(({ id, clone_url, full_name }) => ({
      id,
      before: clone_url,
      cloneUrl: cloneUrlOf(provider, addresses, { baseUrl, fullName: full_name }),
    }))
    .filter(({ before, cloneUrl }) => before !== cloneUrl);
  if (moved.length === 0) return [];
  const changed = await rows<RepositoryRow>(tx, update, [moved.map(({ id }) => id), moved.map(({ cloneUrl }) => cloneUrl)]);
  return changed.map((row) => repositoryFact(row, 'changed'));
}
