import { Injectable } from '@nestjs/common';
import type { StatusPosted } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import type { StatusMessage } from '../channels/message.ts';
import { AlertRows } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import { controlFingerprint, controlOpened } from './control-alert.ts';
import { foreignStatusAlert, foreignStatusKind } from './foreign-status-alert.ts';

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
    const open = await this.alerts.unresolved(tx, controlFingerprint(foreignStatusKind, repository));
    const alert = open ?? foreignStatusAlert(repository, ours.application, { state, ours: ours.state }, new Date());
    await this.alerts.save(tx, alert);
    if (!open) await this.outbox.add(tx, controlOpened(alert, commit));
    await this.teller.tell(tx, alert);
    return noted!.times;
  }
}
