import { Injectable } from '@nestjs/common';
import type { IdentityRequest, RepositoryIdentity } from '@throughline/contracts';
import { Database, Problem } from '@throughline/service';
import { contradicts, firstNames } from './renames.ts';
import { canonical } from './repositories.ts';

const mostNames = 50;

/** The one that has the name, or had it first, and the one that has the id at the same host. */
const find = `
  with holder as (
    select id, repository, case when host_id_proven then host_id end as host_id from repository
    where repository = coalesce((select first from (${firstNames('array[$1]')}) as named), $1)
  ), own as (
    select id, repository from repository where host_id = $2 and host_id_proven and split_part(repository, '/', 1) = split_part($1, '/', 1)
    order by created_at, id limit 1
  )
  select holder.repository as holder, holder.host_id as holder_id, own.repository as own,
    array(select alias from repository_alias where repository_id = case when holder.host_id = $2 then holder.id else own.id end order by alias limit ${mostNames}) as aliases
  from (select 1) as one left join holder on true left join own on true`;

interface FoundRow {
  readonly holder: string | null;
  readonly holder_id: string | null;
  readonly own: string | null;
  readonly aliases: readonly string[];
}

/** Says to other services who a repository is, whatever it is called by now. */
@Injectable()
export class RepositoryIdentities {
  constructor(private readonly database: Database) {}

  /** Throws `Problem` 409 for one that has the name of another, 422 for what is no address. */
  async identify({ repository, hostId }: IdentityRequest): Promise<RepositoryIdentity> {
    const called = canonical(repository);
    const [row] = await this.database.rows<FoundRow>(find, [called, hostId ?? null]);
    const { holder, holder_id: holderId, own, aliases } = row!;
    if (holder !== null && !contradicts(hostId, holderId)) {
      const certain = hostId !== undefined && holderId === hostId;
      return { repository: holder, certain, names: certain ? [holder, ...aliases] : [] };
    }
    if (own !== null) return { repository: own, certain: true, names: [own, ...aliases] };
    if (holder === null) return { repository: called, certain: false, names: [] };
    throw new Problem(409, 'name_taken', `${called} is another repository here, with the id ${holderId}: it had the name before`);
  }
}
