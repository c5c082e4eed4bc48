import { Injectable } from '@nestjs/common';
import { auditDigest, AuditRecorded, make, uuidv7, type AuditOutcome } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';

/** Who does what. */
export interface AuditedAct {
  readonly actor: string;
  readonly actorName: string;
  readonly via: 'token' | 'session' | 'machine';
  readonly token?: string;
  readonly operation: string;
  readonly subject: string;
  readonly address?: string;
}

/** How it ended. */
export interface AuditedEnd {
  readonly outcome: AuditOutcome;
  readonly status?: number;
  /** What came into being. */
  readonly subject?: string;
}

interface PendingRow {
  readonly at: Date;
  readonly actor: string;
  readonly actor_name: string;
  readonly via: AuditedAct['via'];
  readonly token: string | null;
  readonly operation: string;
  readonly subject: string;
  readonly address: string | null;
}

const abandonedMinutes = 5;
const sweptAtOnce = 100;

/** The audit log as it is written: before something is done that it will be, and after how it ended. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** Writes down that something is about to be done; nothing is done when this fails. */
  async begin({ actor, actorName, via, token, operation, subject, address }: AuditedAct): Promise<string> {
    const id = uuidv7();
    await this.database.rows(
      `insert into audit_pending (id, actor, actor_name, via, token, operation, subject, address) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, actor, actorName, via, token ?? null, operation, subject.slice(0, 1024), address ?? null],
    );
    return id;
  }

  async end(id: string, end: AuditedEnd): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [pending] = await rows<PendingRow>(tx, 'delete from audit_pending where id = $1 returning *', [id]);
      if (pending) await this.append(tx, actOf(pending), end, pending.at);
    });
  }

  /** What was begun by a process that is no more has ended somehow; says how many there were. */
  async endAbandoned(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const found = await rows<PendingRow>(
        tx,
        `delete from audit_pending where id in (
           select id from audit_pending where at < now() - make_interval(mins => ${abandonedMinutes})
           order by at limit ${sweptAtOnce} for update skip locked) returning *`,
      );
      for (const pending of found) await this.append(tx, actOf(pending), { outcome: 'unknown' }, pending.at);
      return found.length;
    });
  }

  /** Numbers a record and publishes it; the lock on the head is what keeps the numbers without gaps. */
  async append(tx: Tx, act: AuditedAct, { outcome, status, subject }: AuditedEnd, at = new Date()): Promise<void> {
    const [head] = await rows<{ number: string; digest: string }>(tx, 'select number, digest from audit_head for update');
    const number = Number(head!.number) + 1;
    const fact = make(AuditRecorded, {
      service: 'gateway',
      number,
      at: at.toISOString(),
      ...act,
      actorName: act.actorName.slice(0, 200),
      subject: (subject ?? act.subject).slice(0, 1024),
      outcome,
      ...(status === undefined ? {} : { status }),
      previous: head!.digest,
    });
    await rows(tx, 'update audit_head set number = $1, digest = $2', [number, auditDigest(fact)]);
    await this.outbox.add(tx, { fact, deliveryKey: `audit ${number}`, sequence: number });
  }
}

function actOf({ actor, actor_name, via, token, operation, subject, address }: PendingRow): AuditedAct {
  return { actor, actorName: actor_name, via, operation, subject, ...(token ? { token } : {}), ...(address ? { address } : {}) };
}
