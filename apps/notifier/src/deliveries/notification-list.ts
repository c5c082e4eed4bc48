import { Injectable } from '@nestjs/common';
import type { Notification, NotificationAttempt, NotificationQuery, Page } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, visibleTo, type Identity } from '@throughline/service';

interface ListedDelivery {
  readonly id: string;
  readonly position: string;
  readonly channel: string;
  readonly kind: string;
  readonly state: Notification['state'];
  readonly summary: string;
  readonly application: string;
  readonly alert: string | null;
  readonly repository: string;
  readonly commit: string;
  readonly attempts: number;
  readonly history: string;
  readonly receipt: string | null;
  readonly queuedAt: Date;
  readonly nextAt: Date;
  readonly sentAt: Date | null;
}

const select = `
  select d.id, d.position::text as position, d.channel, c.kind, d.state, d.summary, d.application, d.alert, c.repository, d.commit,
    d.attempts, d.history, d.receipt, d.queued_at as "queuedAt", d.next_at as "nextAt", d.sent_at as "sentAt"
  from deliveries d join conversations c on c.id = d.conversation`;

/** The delivery ledger: every message to every channel, the latest first. */
@Injectable()
export class NotificationList {
  constructor(private readonly database: Database) {}

  async list(caller: Identity, query: NotificationQuery): Promise<Page<Notification>> {
    const params: unknown[] = [];
    const where = [visibleTo(caller, 'd.application', params)];
    if (query.alert) where.push(`d.alert::text = $${params.push(query.alert)}`);
    for (const name of ['channel', 'commit', 'state'] as const) {
      if (query[name] !== undefined) where.push(`d.${name} = $${params.push(query[name])}`);
    }
    const after = decodeCursor(query.cursor, 1);
    if (after) where.push(`d.position < $${params.push(after[0])}::bigint`);
    const sql = `${select} where ${where.join(' and ')} order by d.position desc limit $${params.push((query.limit ?? defaultLimit) + 1)}`;
    const page = pageOf(await this.database.rows<ListedDelivery>(sql, params), query.limit, (row) => [row.position]);
    return { ...page, items: page.items.map(shown) };
  }

  async one(caller: Identity, id: string): Promise<Notification> {
    const params: unknown[] = [id];
    const [row] = await this.database.rows<ListedDelivery>(
      `${select} where d.id::text = $1 and ${visibleTo(caller, 'd.application', params)}`,
      params,
    );
    if (!row) throw new Problem(404, 'not_found', `there is no notification ${id.slice(0, 64)}`);
    return shown(row);
  }
}

function shown(row: ListedDelivery): Notification {
  const { id, channel, kind, state, summary, application, alert, repository, commit, attempts, receipt, sentAt } = row;
  return {
    id,
    channel,
    kind,
    state,
    summary,
    application,
    repository,
    commit,
    attempts,
    history: (JSON.parse(row.history) as NotificationAttempt[]).slice(-20),
    queuedAt: row.queuedAt.toISOString(),
    ...(alert !== null && { alert }),
    ...(receipt !== null && { receipt }),
    ...(['queued', 'retrying'].includes(state) && { nextAt: row.nextAt.toISOString() }),
    ...(sentAt && { sentAt: sentAt.toISOString() }),
  };
}
