import { Injectable } from '@nestjs/common';
import type { Priority, Severity } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { AlertMessage } from '../channels/message.ts';
import type { RoutedAlert } from '../routes/routed-alert.ts';
import type { LineOfWork } from './line-of-work.ts';

/** An alert as it is kept. */
export interface AlertRow extends LineOfWork {
  readonly id: string;
  readonly fingerprint: string;
  readonly kind: string;
  readonly state: AlertMessage['state'];
  readonly priority: Priority;
  readonly severity: Severity;
  readonly title: string;
  readonly application: string;
  readonly commit: string;
  readonly causes: readonly string[];
  readonly since: Date;
  readonly acknowledgedBy: string | null;
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
}

const columns = `id, fingerprint, kind, state, priority, severity, title, application, repository, line, commit, causes, since,
  acknowledged_by as "acknowledgedBy", resolved_by as "resolvedBy", resolution`;

/** Reads and writes alerts within a transaction. */
@Injectable()
export class AlertRows {
  /** One at a time looks at a repository: two of its lines may lead to the same commit. */
  async lock(tx: Tx, repository: string): Promise<void> {
    await rows(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`alerts of ${repository}`]);
  }

  /** The alert of a line of work, or the one that another line opened for the same commit; the unresolved one, else the last. */
  async latest(tx: Tx, place: LineOfWork & { readonly commit: string }): Promise<AlertRow | undefined> {
    const [row] = await rows<AlertRow>(
      tx,
      `select ${columns} from alerts where repository = $1 and (line = $2 or commit = $3)
       order by (state = 'resolved'), (line = $2) desc, since desc limit 1 for update`,
      [place.repository, place.line, place.commit],
    );
    return row;
  }

  async byId(tx: Tx, id: string): Promise<AlertRow | undefined> {
    const [row] = await rows<AlertRow>(tx, `select ${columns} from alerts where id = $1 for update`, [id]);
    return row;
  }

  /** The one that is not over. */
  async unresolved(tx: Tx, fingerprint: string): Promise<AlertRow | undefined> {
    const sql = `select ${columns} from alerts where fingerprint = $1 and state <> 'resolved' limit 1 for update`;
    return (await rows<AlertRow>(tx, sql, [fingerprint]))[0];
  }

  async save(tx: Tx, alert: AlertRow): Promise<void> {
    await rows(
      tx,
      `insert into alerts (id, fingerprint, kind, state, priority, severity, title, application, repository, line, commit, causes, since, message)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '')
       on conflict (id) do update set state = excluded.state, priority = excluded.priority, severity = excluded.severity,
         application = excluded.application, commit = excluded.commit, since = excluded.since, updated_at = clock_timestamp(),
         acknowledged_by = $14, acknowledged_at = case when $14::text is null then null else coalesce(alerts.acknowledged_at, clock_timestamp()) end,
         resolved_by = $15, resolution = $16, resolved_at = case when excluded.state = 'resolved' then coalesce(alerts.resolved_at, clock_timestamp()) end`,
      [
        alert.id,
        alert.fingerprint,
        alert.kind,
        alert.state,
        alert.priority,
        alert.severity,
        alert.title,
        alert.application,
        alert.repository,
        alert.line,
        alert.commit,
        [...alert.causes],
        alert.since,
        alert.acknowledgedBy,
        alert.resolvedBy,
        alert.resolution,
      ],
    );
  }

  /** Keeps what is told, and what routes saw. */
  async keepMessage(tx: Tx, id: string, message: AlertMessage, routed: RoutedAlert): Promise<void> {
    await rows(tx, 'update alerts set message = $2, routed = $3 where id = $1', [id, JSON.stringify(message), JSON.stringify(routed)]);
  }
}
