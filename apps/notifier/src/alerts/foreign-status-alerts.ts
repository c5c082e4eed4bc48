import { Injectable } from '@nestjs/common';
import { AlertOpened, keys, make, type StatusPosted } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import type { StatusMessage } from '../channels/message.ts';
import { AlertRows, type AlertRow } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import { foreignStatusAlert, foreignStatusFingerprint } from './foreign-status-alert.ts';

const note = `
  insert into foreign_statuses (repository, commit, by_login, state, ours) values ($1, $2, $3, $4, $5)
  on conflict (repository, commit) do update set by_login = excluded.by_login, state = excluded.state, ours = excluded.ours,
    times = foreign_statuses.times + 1, last_at = clock_timestamp()
  returning times`;

/** One alert for each repository where somebody else writes under our name, until a person ends it. */
@Injectable()
export class ForeignStatusAlerts {
  constructor(
    private readonly alerts: AlertRows,
    private readonly teller: AlertTeller,
    private readonly outbox: Outbox,
  ) {}

  /** How often it was seen beside this commit. */
  async seen(tx: Tx, { repository, commit, by, state }: StatusPosted, ours: StatusMessage): Promise<number> {
    await this.alerts.lock(tx, repository);
    const said = [repository, commit, by, state, ours.state];
    const [noted] = await rows<{ times: number }>(tx, note, said);
    const open = await this.open(tx, repository);
    const alert = open ?? foreignStatusAlert(repository, ours.application, { state, ours: ours.state }, new Date());
    await this.alerts.save(tx, alert);
    if (!open) await this.outbox.add(tx, { deliveryKey: `${alert.id} opened`, fact: factOf(alert, commit) });
    await this.teller.tell(tx, alert);
    return noted!.times;
  }

  private async open(tx: Tx, repository: string): Promise<AlertRow | undefined> {
    const [known] = await rows<{ id: string }>(tx, "select id from alerts where fingerprint = $1 and state <> 'resolved' limit 1", [
      foreignStatusFingerprint(repository),
    ]);
    return known && this.alerts.byId(tx, known.id);
  }
}

/** A control that somebody acts in the place of. */
function factOf({ id, fingerprint, priority, title, application, repository, since }: AlertRow, commit: string): AlertOpened {
  const named = { alert: id, fingerprint, kind: 'control' as const, priority, title: title.slice(0, 300), application };
  return make(AlertOpened, { ...named, repository, commit, causes: [keys.commit(repository, commit)], since: since.toISOString() });
}
