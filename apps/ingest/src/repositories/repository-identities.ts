import { Injectable } from '@nestjs/common';
import type { IdentityRequest, RepositoryIdentity } from '@throughline/contracts';
import { Database, Problem } from '@throughline/service';
import { contradicts, firstNames } from './renames.ts';
import { canonical } from './repositories.ts';

/** The one that has the name, or had it first, and the one that has the id at the same host. */
const find = `
  with holder as (
    select repository, host_id from repository where repository = coalesce((select first from (${firstNames('array[$1]')}) as named), $1)
  ), own as (
    select repository from repository where host_id = $2 and split_part(repository, '/', 1) = split_part($1, '/', 1)
    order by created_at, id limit 1
  )
  select holder.repository as holder, holder.host_id as holder_id, own.repository as own
  from (select 1) as one left join holder on true left join own on true`;

interface FoundRow {
  readonly holder: string | null;
  readonly holder_id: string | null;
  readonly own: string | null;
}

/** Says to other services who a repository is, whatever it is called by now. */
@Injectable()
export class RepositoryIdentities {
  constructor(private readonly database: Database) {}

  /** Throws `Problem` 409 for one that has the name of another, 422 for what is no address. */
  async identify({ repository, hostId }: IdentityRequest): Promise<RepositoryIdentity> {
    const called = canonical(repository);
    const [row] = await this.database.rows<FoundRow>(find, [called, hostId ?? null]);
    const { holder, holder_id: holderId, own } = row!;
    if (holder !== null && !contradicts(hostId, holderId)) {
      return { repository: holder, certain: hostId !== undefined && holderId === hostId };
    }
    if (own !== null) return { repository: own, certain: true };
    if (holder === null) return { repository: called, certain: false };
    throw new Problem(409, 'name_taken', `${called} is another repository here, with the id ${holderId}: it had the name before`);
  }
}
