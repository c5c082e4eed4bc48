import type { RestReason } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { CalledReach } from './renamed.ts';
import type { ReachLook } from './reach-work.ts';

const note = `
  insert into app_installation (source_id, installation, account, state, given, listed_at)
  select id, $2, $3, $4, $5, $6::timestamptz from source where id = $1
  on conflict (source_id, installation) do update set account = excluded.account, state = excluded.state, given = excluded.given, fault = null,
    listed_at = excluded.listed_at,
    changed_at = case when app_installation.state = excluded.state then app_installation.changed_at else now() end`;

const noteFault = `
  insert into app_installation (source_id, installation, account, state, fault, listed_at)
  select id, $2, $3, 'active', $4, '-infinity' from source where id = $1
  on conflict (source_id, installation) do update set fault = excluded.fault`;

/** Answers which are its own: not one that came to the name of another. */
const take = `
  with given as (
    select coalesce(named.repository, told.called) as repository, told.host_id, told.full_name, case when archived then 'archived' end as rest
    from unnest($3::text[], $4::text[], $5::boolean[], $6::text[]) as told (called, host_id, archived, full_name)
      left join repository_alias on alias = told.called left join repository named on named.id = repository_alias.repository_id
  ), own as materialized (
    select distinct on (given.host_id) repository.id, repository.repository, given.host_id, given.rest
    from repository join given on repository.host_id = given.host_id or (
      not repository.host_id_proven and repository.repository = given.repository and lower(repository.full_name) = lower(given.full_name))
    where repository.source_id = $1
    order by given.host_id, repository.repository = given.repository desc, repository.created_at
  ), noted as (
    update repository set installation = $2, host_id = own.host_id, host_id_proven = true, rest = own.rest,
      rest_since = case when repository.rest is distinct from own.rest then now() else rest_since end
    from own
    where repository.id = own.id
      and (repository.installation, repository.host_id, repository.host_id_proven, repository.rest) is distinct from ($2, own.host_id, true, own.rest)
  )
  select repository from own`;

/** An organisation or person is the first part of what its repositories are called. */
const ofAccount = `lower(split_part(repository.full_name, '/', 1)) = lower($2)`;

/** What nobody ever gave to the App is asked for as it was before. */
const wake = `
  update repository set rest = null
  where source_id = $1 and ${ofAccount} and installation is null and rest in ('suspended', 'uninstalled') and repository <> all($3::text[])`;

/** Of all that it was given before, whatever the id of the installation was, and of what is told to be lost. */
const lose = `
  update repository set rest = $4, rest_since = now()
  where source_id = $1 and repository <> all($3::text[]) and coalesce(rest, '') not in ('deleted', $4)
    and (($6 and ${ofAccount}) or (installation is not null and (installation = $7 or ${ofAccount})) or lower(full_name) = any($5::text[]))`;

const replaced = `select 1 from app_installation where source_id = $1 and lower(account) = lower($2) and installation <> $3 and state = 'active'`;

/** Writes what a look at an installation found; the same again changes nothing. */
export async function noteReach(tx: Tx, look: ReachLook, found: CalledReach, askedAt: string): Promise<void> {
  const account = found.state === 'removed' ? await knownAccount(tx, look) : found.account;
  const given = found.state === 'active' ? found.repositories : [];
  await rows(tx, note, [look.source, look.installation, account, found.state, given.length, askedAt]);
  const own = await rows<{ repository: string }>(tx, take, [
    look.source,
    look.installation,
    given.map((one) => one.called),
    given.map(({ id }) => id),
    given.map(({ archived }) => archived),
    given.map(({ fullName }) => fullName),
  ]);
  const ids = own.map(({ repository }) => repository);
  await markLost(tx, look, { ids, names: look.deleted, reason: 'deleted', account });
  if (found.state === 'active') {
    await rows(tx, wake, [look.source, account, ids]);
    await markLost(tx, look, { ids, names: look.lost, reason: 'not_given', account, before: true });
    return;
  }
  // It was installed anew meanwhile: what is over says nothing of what is.
  if ((await rows(tx, replaced, [look.source, account, look.installation])).length > 0) return;
  const reason = found.state === 'removed' ? 'uninstalled' : 'suspended';
  await markLost(tx, look, { ids, names: look.lost, reason, account, before: true, all: true });
}

/** Why the host could not be asked; what was known before stands. */
export async function noteFaultOf(tx: Tx, { source, installation, account }: ReachLook, fault: string): Promise<void> {
  await rows(tx, noteFault, [source, installation, account, fault.slice(0, 500)]);
}

interface Lost {
  /** Canonical ids of what it has. */
  readonly ids: readonly string[];
  /** Full names that are told to be lost. */
  readonly names: readonly string[];
  readonly reason: RestReason;
  readonly account: string;
  /** Also what it was given before. */
  readonly before?: true;
  /** Also all else of the account. */
  readonly all?: true;
}

async function markLost(tx: Tx, look: ReachLook, { ids, names, reason, account, before, all }: Lost): Promise<void> {
  const lower = names.map((name) => name.toLowerCase());
  const installation = before ? look.installation : null;
  await rows(tx, lose, [look.source, before ? account : null, ids, reason, lower, all ?? false, installation]);
}

/** One that is gone is not told by its host any more. */
async function knownAccount(tx: Tx, { source, installation, account }: ReachLook): Promise<string> {
  const sql = 'select account from app_installation where source_id = $1 and installation = $2';
  const [known] = await rows<{ account: string }>(tx, sql, [source, installation]);
  return known?.account ?? account;
}
