import { Injectable } from '@nestjs/common';
import type { PolicyChangeKind, PolicyChangeState, ReplayedDecision } from '@throughline/contracts';
import { rows, visibleTo, type Identity, type Tx } from '@throughline/service';

/** A change that waits for a second person, or did, as it is kept. */
export interface ChangeRow extends NewChange {
  readonly state: PolicyChangeState;
  readonly requestedAt: Date;
  readonly approveBefore: Date;
  readonly decider: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
}

/** A change that one person asks for. */
export interface NewChange {
  readonly id: string;
  /** Of the policy; null for a bundle and an application. */
  readonly name: string | null;
  /** That would take more risk; null for all else. */
  readonly application: string | null;
  readonly kind: PolicyChangeKind;
  /** Version of the policy or application, or sequence of the bundle, that it would follow; 0 for an application that is not there yet. */
  readonly base: number;
  /** Null for a deletion; of a bundle all that differs (`textOfBundle`), of an application all of it (`textOfApplication`). */
  readonly source: string | null;
  readonly weakens: readonly string[];
  readonly affected: readonly ReplayedDecision[];
  readonly digest: string;
  /** Id of the person. */
  readonly requester: string;
  readonly requesterAddress: string | null;
  readonly requestedBy: string;
}

/** Which changes a page shows: those before an id, the newest first. */
export interface ChangePage {
  readonly state?: PolicyChangeState | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

interface Stored extends Omit<ChangeRow, 'affected'> {
  readonly affected: string;
}

const approvableDays = 14;
/** What became of it without anybody: read off the clock and what it would follow, so that no sweep has to say it. */
const state = `case when change.state <> 'awaiting_approval' then change.state
  when case change.kind when 'bundle' then change.base <> (select coalesce(max(sequence), 0) from policy_bundle)
    when 'application' then change.base <> coalesce((select version from application where application.name = change.application), 0)
    else policy.deleted_at is not null or policy.version <> change.base end then 'superseded'
  when change.requested_at + interval '${approvableDays} days' <= clock_timestamp() then 'expired'
  else change.state end`;
const columns = `change.id, change.name, change.application, change.kind, change.base, change.source, change.weakens, change.affected as "affected", change.digest,
  change.requester, change.requester_address as "requesterAddress", change.requested_by as "requestedBy", change.requested_at as "requestedAt",
  change.requested_at + interval '${approvableDays} days' as "approveBefore", ${state} as state,
  change.decider, change.decided_by as "decidedBy", change.decided_at as "decidedAt", change.reason`;
const table = 'policy_change change left join policy on policy.name = change.name';

@Injectable()
export class ChangeRows {
  async find(tx: Tx, id: string): Promise<ChangeRow | undefined> {
    const [row] = await rows<Stored>(tx, `select ${columns} from ${table} where change.id::text = $1`, [id]);
    return row && parsed(row);
  }

  /** The newest first. */
  async page(tx: Tx, { state: wanted, before, limit }: ChangePage, caller: Identity): Promise<readonly ChangeRow[]> {
    const params: unknown[] = [wanted ?? null, before ?? null, limit];
    const found = await rows<Stored>(
      tx,
      `select ${columns} from ${table}
       where ($1::text is null or ${state} = $1) and ($2::uuid is null or change.id < $2::uuid)
         and (change.application is null or ${visibleTo(caller, 'change.application', params)})
       order by change.id desc limit $3`,
      params,
    );
    return found.map(parsed);
  }

  /** The same, asked for by the same person and still waiting. */
  async waiting(tx: Tx, { name, application, kind, base, source, requester }: NewChange): Promise<ChangeRow | undefined> {
    const [row] = await rows<Stored>(
      tx,
      `select ${columns} from ${table} where change.name is not distinct from $1 and kind = $2 and base = $3 and source is not distinct from $4
         and requester = $5 and change.application is not distinct from $6 and ${state} = 'awaiting_approval' limit 1`,
      [name, kind, base, source, requester, application],
    );
    return row && parsed(row);
  }

  /** That wait: for one application, or for all policies. */
  async count(tx: Tx, application: string | null): Promise<number> {
    const [{ count }] = (await rows<{ count: number }>(
      tx,
      `select count(*)::int as count from ${table} where change.application is not distinct from $1 and ${state} = 'awaiting_approval'`,
      [application],
    )) as [{ count: number }];
    return count;
  }

  async insert(tx: Tx, change: NewChange): Promise<void> {
    await rows(
      tx,
      `insert into policy_change (id, name, kind, base, source, weakens, affected, digest, requester, requester_address, requested_by, application)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[change.id, change.name, change.kind, change.base, change.source, [...change.weakens], JSON.stringify(change.affected)],
        ...[change.digest, change.requester, change.requesterAddress, change.requestedBy, change.application],
      ],
    );
  }

  async decide(
    tx: Tx,
    id: string,
    { state: decided, by, reason }: { state: 'approved' | 'rejected'; by: { id: string; name: string }; reason?: string },
  ): Promise<void> {
    await rows(
      tx,
      `update policy_change set state = $2, decider = $3, decided_by = $4, reason = $5, decided_at = clock_timestamp() where id = $1`,
      [id, decided, by.id, by.name, reason ?? null],
    );
  }
}

function parsed({ affected, ...row }: Stored): ChangeRow {
  return { ...row, affected: JSON.parse(affected) as ReplayedDecision[] };
}
