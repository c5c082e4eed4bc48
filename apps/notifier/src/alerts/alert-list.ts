import { Injectable } from '@nestjs/common';
import { chainIdOf, type Alert, type AlertComment, type AlertDetail, type AlertQuery, type Page } from '@throughline/contracts';
import { canonicalRepository, Database, decodeCursor, defaultLimit, pageOf, Problem, visibleTo, type Identity } from '@throughline/service';
import { wordsOf, type AlertMessage } from '../channels/message.ts';
import { NotifierConfig } from '../config.ts';
import { linkTo } from './words.ts';

interface ListedAlert {
  readonly id: string;
  readonly fingerprint: string;
  readonly kind: string;
  readonly state: Alert['state'];
  readonly priority: Alert['priority'];
  readonly severity: Alert['severity'];
  readonly title: string;
  readonly application: string;
  readonly repository: string;
  readonly line: string;
  readonly commit: string;
  readonly since: Date;
  readonly updatedAt: Date;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
}

const columns = `id, fingerprint, kind, state, priority, severity, title, application, repository, line, commit, since,
  updated_at as "updatedAt", acknowledged_by as "acknowledgedBy", resolved_at as "resolvedAt", resolution`;

/** Alerts as people read them, the latest first. */
@Injectable()
export class AlertList {
  constructor(
    private readonly database: Database,
    private readonly config: NotifierConfig,
  ) {}

  async list(caller: Identity, query: AlertQuery): Promise<Page<Alert>> {
    const params: unknown[] = [];
    const where = [visibleTo(caller, params)];
    const is = (column: string, value: unknown): void => {
      if (value !== undefined) where.push(`${column} = $${params.push(value)}`);
    };
    if (query.state) where.push(`state = any($${params.push(query.state.split(','))}::text[])`);
    is('application', query.application);
    is('repository', query.repository && canonicalRepository(query.repository, '/repository', 'give a clone URL'));
    is('commit', query.commit);
    const after = decodeCursor(query.cursor, 1);
    if (after) where.push(`id < $${params.push(after[0])}::uuid`);
    const sql = `select ${columns} from alerts where ${where.join(' and ')} order by id desc limit $${params.push((query.limit ?? defaultLimit) + 1)}`;
    const page = pageOf(await this.database.rows<ListedAlert>(sql, params), query.limit, (row) => [row.id]);
    return { ...page, items: page.items.map((row) => this.shown(row)) };
  }

  async detail(caller: Identity, id: string): Promise<AlertDetail> {
    const params: unknown[] = [id];
    const [found] = await this.database.rows<ListedAlert & { message: string; causes: string[] }>(
      `select ${columns}, message, causes from alerts where id::text = $1 and ${visibleTo(caller, params)}`,
      params,
    );
    if (!found) throw unknownAlert(id);
    const { message: told, causes, ...row } = found;
    const comments = await this.database.rows<Omit<AlertComment, 'at'> & { at: Date }>(
      'select id, by_name as by, at, body as text from alert_comments where alert = $1 order by id limit 200',
      [row.id],
    );
    const message = JSON.parse(told) as AlertMessage;
    return {
      ...this.shown(row),
      summary: message.summary,
      sections: message.sections.map(({ title, lines }) => ({ title, lines: lines.map(wordsOf) })),
      links: message.links.map(({ text, href }) => ({ text, href })),
      causes,
      comments: comments.map((comment) => ({ ...comment, at: comment.at.toISOString() })),
    };
  }

  private shown(row: ListedAlert): Alert {
    const { since, updatedAt, acknowledgedBy, resolvedAt, resolution, ...plain } = row;
    return {
      ...plain,
      // An alert about the platform itself stands on no commit.
      chain: row.commit === '' ? '' : chainIdOf(row.repository, row.commit),
      since: since.toISOString(),
      updatedAt: updatedAt.toISOString(),
      url: linkTo(this.config.linkBase, 'alerts', row.id),
      ...(acknowledgedBy !== null && { acknowledgedBy }),
      ...(resolvedAt && { resolvedAt: resolvedAt.toISOString() }),
      ...(resolution !== null && { resolution }),
    };
  }
}

/** The answer for an alert that does not exist or may not be seen: the two cannot be told apart. */
export function unknownAlert(id: string): Problem {
  return new Problem(404, 'not_found', `there is no alert ${id.slice(0, 64)}`);
}
