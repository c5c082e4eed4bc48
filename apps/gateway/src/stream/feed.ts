import { Injectable, type OnModuleInit } from '@nestjs/common';
import { repositoryOf } from '@throughline/contracts';
import { Partitions, RepositoryRemovals } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { applicationOf, streamEvent } from './summary.ts';

/** Where a reader of the feed stands. */
export interface FeedPosition {
  readonly tx: string;
  readonly position: string;
  /** In UTC, `YYYY-MM-DD`: what is older than the feed is kept may have been followed by lines that are gone. */
  readonly day: string;
}

/** How long lines are kept at least. */
export const keptDays = 7;

/** A line of the feed. */
export interface FeedRow extends FeedPosition {
  readonly type: string;
  readonly application: string;
  readonly data: string;
}

/** What happened, in the order in which it became known here; kept for a week at least. */
@Injectable()
export class Feed implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly partitions: Partitions,
    private readonly removals: RepositoryRemovals,
  ) {}

  onModuleInit(): void {
    this.partitions.maintain('feed');
    const forget = `delete from feed where repository = $1 and type <> 'repository.removed'`;
    this.removals.onRemoval(async (tx, repository) => void (await rows(tx, forget, [repository])));
  }

  async keep(tx: Tx, facts: readonly object[]): Promise<void> {
    const owners = await this.owners(tx, facts);
    const events = facts.map((fact) => streamEvent(fact, applicationOf(fact) ?? owners.get(repositoryOf(fact) ?? '') ?? 'unassigned'));
    await rows(
      tx,
      'insert into feed (type, application, data, repository) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])',
      [
        events.map(({ type }) => type),
        events.map(({ application }) => application),
        events.map((event) => JSON.stringify(event)),
        facts.map((fact) => repositoryOf(fact) ?? null),
      ],
    );
  }

  /** The end of the feed as it is now. */
  async end(): Promise<FeedPosition> {
    const [end] = await this.database.rows<Omit<FeedPosition, 'position'>>(
      `select pg_snapshot_xmin(pg_current_snapshot())::text as tx, (now() at time zone 'utc')::date::text as day`,
    );
    return { ...end!, position: '0' };
  }

  /** What follows in order of the columns, not of their texts; as far as no older transaction is still open. */
  after({ tx, position }: Pick<FeedPosition, 'tx' | 'position'>, limit: number): Promise<FeedRow[]> {
    return this.database.rows<FeedRow>(
      `select tx::text, position::text, day::text, type, application, data from feed
       where (tx, position) > ($1::xid8, $2::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot())
       order by feed.tx, feed.position limit $3`,
      [tx, position, limit],
    );
  }

  private async owners(tx: Tx, facts: readonly object[]): Promise<ReadonlyMap<string, string>> {
    const repositories = [...new Set(facts.flatMap((fact) => repositoryOf(fact) ?? []))];
    if (repositories.length === 0) return new Map();
    const found = await rows<{ repository: string; name: string }>(
      tx,
      `select repository, application.name from application, unnest(repositories) repository
       where repositories && $1::text[] and repository = any ($1::text[])`,
      [repositories],
    );
    return new Map(found.map(({ repository, name }) => [repository, name]));
  }
}
