import { Injectable, type OnModuleInit } from '@nestjs/common';
import { comparablePremise, type WaiverEnded, type WaiverGranted } from '@throughline/contracts';
import { RepositoryRemovals, Retention } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';

/** An exception that holds. */
interface ExceptionRow {
  readonly granted: WaiverGranted;
  readonly revision: number;
  /** Whether people were told that this end comes. */
  readonly told: boolean;
}

/** Exceptions that hold and lean on what another one leaned on. */
export interface SameReason {
  /** Labels of those of its application, ten at most. */
  readonly labels: readonly string[];
  /** How many there are of its application. */
  readonly own: number;
  /** And of others. */
  readonly elsewhere: number;
}

const mostLabels = 10;
const mostCompared = 1_000;
/** After their time nothing more is told of them. */
const keptDays = 30;
const over = `
  delete from exceptions where waiver in (select waiver from exceptions where until < $1 order by until limit $2) returning 1`;

/** Keeps what exceptions say until people were told of their end, and what was told. */
@Injectable()
export class ExceptionRows implements OnModuleInit {
  constructor(
    private readonly removals: RepositoryRemovals,
    private readonly retention: Retention,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => {
      await rows(tx, 'delete from exceptions where repository = $1', [repository]);
    });
    this.retention.keep('exceptions', keptDays, over);
  }

  async save(tx: Tx, granted: WaiverGranted, revision: number): Promise<void> {
    await rows(
      tx,
      `insert into exceptions (waiver, repository, granted, revision, until, premise) values ($1, $2, $3, $4, $5, $6)
       on conflict (waiver) do update set repository = excluded.repository, granted = excluded.granted, revision = excluded.revision,
         until = excluded.until, premise = excluded.premise, ended = false where exceptions.revision < excluded.revision`,
      [granted.waiver, granted.repository ?? null, JSON.stringify(granted), revision, granted.until, comparablePremise(granted.premise)],
    );
  }

  /** One that holds; locked: it is told once. */
  async find(tx: Tx, waiver: string): Promise<ExceptionRow | undefined> {
    const [row] = await rows<{ granted: string; revision: number; told: boolean }>(
      tx,
      'select granted, revision, told_until is not distinct from until as told from exceptions where waiver = $1 and not ended for update',
      [waiver],
    );
    return row && { ...row, granted: JSON.parse(row.granted) as WaiverGranted };
  }

  async noteTold(tx: Tx, waiver: string): Promise<void> {
    await rows(tx, 'update exceptions set told_until = until where waiver = $1', [waiver]);
  }

  /** Who else rests on the premise of one that has ended; of other applications only how many. */
  async sameReason(tx: Tx, { waiver, application, premise }: WaiverGranted): Promise<SameReason> {
    const found = await rows<{ label: string; application: string }>(
      tx,
      `select granted::json ->> 'label' as label, granted::json ->> 'application' as application from exceptions
       where premise = $2 and waiver <> $1 and not ended and until > clock_timestamp() order by waiver limit ${mostCompared}`,
      [waiver, comparablePremise(premise)],
    );
    const own = found.filter((other) => other.application === application);
    return { labels: own.slice(0, mostLabels).map(({ label }) => label), own: own.length, elsewhere: found.length - own.length };
  }

  /** Notes that it holds no longer; what it said before, if that was heard. Undefined: that is known, or it was granted anew since. */
  async end(tx: Tx, ended: WaiverEnded, revision: number): Promise<{ readonly granted?: WaiverGranted } | undefined> {
    const [row] = await rows<{ granted: string | null }>(
      tx,
      `insert into exceptions (waiver, repository, revision, until, ended) values ($1, $2, $3, $4, true)
       on conflict (waiver) do update set revision = excluded.revision, ended = true where exceptions.revision < excluded.revision
       returning granted`,
      [ended.waiver, ended.repository ?? null, revision, ended.endedAt],
    );
    if (!row) return undefined;
    return row.granted === null ? {} : { granted: JSON.parse(row.granted) as WaiverGranted };
  }
}
