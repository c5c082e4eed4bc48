import { Injectable } from '@nestjs/common';
import { AlertOpened, AlertResolved, HeldRecordsSummary, make, type NewFact, type ServiceName } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { AlertRows, type AlertRow } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import { controlFingerprint } from './control-alert.ts';
import { heldRecordKind, nextHeldRecordAlert } from './held-record-alert.ts';

/** One alert for each service that gave records up. */
@Injectable()
export class HeldRecordAlerts {
  constructor(
    private readonly database: Database,
    private readonly alerts: AlertRows,
    private readonly teller: AlertTeller,
    private readonly outbox: Outbox,
  ) {}

  /** Takes up what a service holds now. Saying the same again changes nothing. */
  async heard(service: ServiceName, summary: HeldRecordsSummary): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.changed(tx, service, summary))) return;
      const next = nextHeldRecordAlert(await this.latest(tx, service), service, summary, new Date());
      if (next.change === 'none') return;
      await this.alerts.save(tx, next.alert);
      if (next.change !== 'enriched') await this.outbox.add(tx, factOf(next.change, next.alert));
      await this.teller.tell(tx, next.alert);
    });
  }

  /** The row keeps what is told, and its lock orders those who tell. */
  private async changed(tx: Tx, service: ServiceName, summary: HeldRecordsSummary): Promise<boolean> {
    const text = JSON.stringify(summary);
    const changed = await rows(
      tx,
      `insert into held_records (service, summary) values ($1, $2)
       on conflict (service) do update set summary = excluded.summary where held_records.summary <> excluded.summary returning 1`,
      [service, text],
    );
    return changed.length > 0;
  }

  private async latest(tx: Tx, service: ServiceName): Promise<(AlertRow & { readonly resolvedAt?: Date }) | undefined> {
    const [known] = await rows<{ id: string; resolvedAt: Date | null }>(
      tx,
      `select id, resolved_at as "resolvedAt" from alerts where fingerprint = $1 order by (state = 'resolved'), since desc limit 1`,
      [controlFingerprint(heldRecordKind, service)],
    );
    const row = known && (await this.alerts.byId(tx, known.id));
    return row && { ...row, ...(known.resolvedAt && { resolvedAt: known.resolvedAt }) };
  }
}

function factOf(change: 'opened' | 'resolved', { id, fingerprint, title, application, priority, since, resolution }: AlertRow): NewFact {
  const at = new Date().toISOString();
  const deliveryKey = `${id} ${change} ${at}`;
  if (change === 'resolved') return { deliveryKey, fact: make(AlertResolved, { alert: id, fingerprint, reason: resolution ?? '', at }) };
  const opened = { alert: id, fingerprint, kind: 'held-record' as const, priority, title, application, causes: [] };
  return { deliveryKey, fact: make(AlertOpened, { ...opened, since: since.toISOString() }) };
}
