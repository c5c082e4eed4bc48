import { Injectable } from '@nestjs/common';
import type { OutboxMessage, OutboxQuery, Page } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, visibleTo, type Identity } from '@throughline/service';
import type { OutboxPayload } from '../channels/outbox/outbox.ts';
import type { ScmCommentPayload } from '../channels/scm-comment/scm-comment.ts';
import type { ScmStatusPayload } from '../channels/scm-status/scm-status.ts';
import { titleOf, type Message } from '../channels/message.ts';

interface KeptRow {
  readonly id: string;
  readonly kind: string;
  readonly application: string;
  readonly alert: string | null;
  readonly repository: string;
  readonly commit: string;
  readonly sent: number;
  readonly message: string;
  readonly payload: string;
  readonly sentAt: Date;
}

/** The last kept message of each conversation, which stands for the one message that people would see edited. */
const kept = `
  select c.id, c.kind, c.application, c.alert, c.repository, c.commit, c.sent, d.message, d.payload, d.sent_at as "sentAt"
  from conversations c
  join lateral (
    select message, payload, sent_at from deliveries where conversation = c.id and state = 'kept' order by position desc limit 1
  ) d on true`;

const channelOf = { alert: 'outbox', status: 'scm-status', comment: 'scm-comment' } as const;

/** What would have been sent if Slack, mail or a source-code host were set up. */
@Injectable()
export class OutboxList {
  constructor(private readonly database: Database) {}

  async list(caller: Identity, query: OutboxQuery): Promise<Page<OutboxMessage>> {
    const params: unknown[] = [];
    const where = [visibleTo(caller, 'c.application', params)];
    if (query.kind) where.push(`c.kind = $${params.push(channelOf[query.kind])}`);
    const after = decodeCursor(query.cursor, 1);
    if (after) where.push(`c.id < $${params.push(after[0])}::uuid`);
    const sql = `${kept} where ${where.join(' and ')} order by c.id desc limit $${params.push((query.limit ?? defaultLimit) + 1)}`;
    const page = pageOf(await this.database.rows<KeptRow>(sql, params), query.limit, (row) => [row.id]);
    return { ...page, items: page.items.map(shown) };
  }

  async one(caller: Identity, id: string): Promise<OutboxMessage> {
    const params: unknown[] = [id];
    const [row] = await this.database.rows<KeptRow>(
      `${kept} where c.id::text = $1 and ${visibleTo(caller, 'c.application', params)}`,
      params,
    );
    if (!row) throw new Problem(404, 'not_found', `there is no message ${id.slice(0, 64)} in the outbox`);
    return shown(row);
  }
}

function shown(row: KeptRow): OutboxMessage {
  const message = JSON.parse(row.message) as Message;
  const common = {
    id: row.id,
    kind: message.kind,
    title: titleOf(message),
    time: row.sentAt.toISOString(),
    revision: Math.max(1, row.sent),
    application: row.application,
    repository: row.repository,
    commit: row.commit,
    ...(row.alert !== null && { alert: row.alert }),
  };
  if (message.kind === 'status') {
    const { verdict, context, text } = (JSON.parse(row.payload) as ScmStatusPayload).status;
    return { ...common, status: { verdict, context, text } };
  }
  if (message.kind === 'comment') {
    const { number, text } = JSON.parse(row.payload) as ScmCommentPayload;
    return { ...common, comment: { number, text } };
  }
  const { slack, email } = JSON.parse(row.payload) as OutboxPayload;
  return { ...common, slack: { text: slack.text, blocks: slack.blocks.map((block) => ({ ...block })) }, email: { ...email } };
}
