import { Injectable, type OnModuleInit } from '@nestjs/common';
import { auditDigest, type AuditEntry, type AuditOutcome, type AuditQuery, type AuditRecorded, type Page } from '@throughline/contracts';
import { Partitions } from '@throughline/messaging';
import { Database, decodeCursor, defaultLimit, pageOf, rows, type Tx } from '@throughline/service';

interface EntryRow {
  readonly service: string;
  readonly number: string;
  readonly at: Date;
  readonly actor: string;
  readonly actor_name: string;
  readonly via: string;
  readonly token: string | null;
  readonly operation: string;
  readonly subject: string;
  readonly outcome: AuditOutcome;
  readonly status: number | null;
  readonly address: string | null;
  readonly previous: string;
  readonly digest: string;
}

/** The audit log of all services, appended to and read; kept for 400 days. */
@Injectable()
export class AuditEntries implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly partitions: Partitions,
  ) {}

  onModuleInit(): void {
    this.partitions.maintain('audit_entry');
  }

  async append(tx: Tx, records: readonly AuditRecorded[]): Promise<void> {
    for (const record of records) {
      const { service, number, at, actor, actorName, via, token, operation, subject, outcome, status, address, previous } = record;
      await rows(
        tx,
        `insert into audit_entry (day, service, number, at, actor, actor_name, via, token, operation, subject, outcome, status, address, previous, digest)
         values (($3::timestamptz at time zone 'utc')::date, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
        [
          ...[service, number, at, actor, actorName, via, token ?? null, operation, subject, outcome],
          ...[status ?? null, address ?? null, previous, auditDigest(record)],
        ],
      );
    }
  }

  /** Newest first. */
  async page({ limit = defaultLimit, cursor, actor, operation, subject, outcome, from, to }: AuditQuery): Promise<Page<AuditEntry>> {
    const after = decodeCursor(cursor, 2);
    const found = await this.database.rows<EntryRow>(
      `select * from audit_entry
       where ($1::bigint is null or (number, service) < ($1, $2)) and ($3::text is null or actor = $3) and ($4::text is null or operation = $4)
         and ($5::text is null or position($5 in subject) > 0) and ($6::text is null or outcome = $6)
         and ($7::timestamptz is null or at >= $7) and ($8::timestamptz is null or at < $8)
       order by number desc, service desc limit $9`,
      [
        ...[after?.[0] ?? null, after?.[1] ?? null, actor ?? null, operation ?? null, subject ?? null],
        ...[outcome ?? null, from ?? null, to ?? null, limit + 1],
      ],
    );
    const page = pageOf(found, limit, ({ number, service }) => [Number(number), service]);
    return { items: page.items.map(shown), next: page.next };
  }
}

function shown({ actor_name, number, at, token, status, address, ...row }: EntryRow): AuditEntry {
  const { service, actor, via, operation, subject, outcome, digest, previous } = row;
  return {
    ...{ service, number: Number(number), at: at.toISOString(), actor, actorName: actor_name, via, operation, subject, outcome },
    ...(token === null ? {} : { token }),
    ...(status === null ? {} : { status }),
    ...(address === null ? {} : { address }),
    ...{ digest, previous },
  };
}
