import { Injectable } from '@nestjs/common';
import { AlertResolved, GateBypassed, make, type NewFact } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { Directory } from '../directory/directory.ts';
import { AlertRows, type AlertRow } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import { controlFingerprint, controlOpened } from './control-alert.ts';
import { gateBypassAlert, gateBypassKind, isRedeemed, type UnpassedMerge } from './gate-bypass-alert.ts';

/** One alert for each repository where changes are merged that the gate has not let pass. */
@Injectable()
export class GateBypassAlerts {
  constructor(
    private readonly alerts: AlertRows,
    private readonly teller: AlertTeller,
    private readonly outbox: Outbox,
    private readonly directory: Directory,
  ) {}

  /** Tells of a merge, and of what became known about it. Ends the alert when all that it tells of passes by now. */
  async tell(tx: Tx, merge: UnpassedMerge): Promise<void> {
    const { repository, number, head } = merge;
    await this.alerts.lock(tx, repository);
    const known = await this.known(tx, merge);
    if (known?.state === 'resolved') return;
    const application = (await this.directory.repository(tx, repository))?.application ?? 'unassigned';
    const alert = gateBypassAlert(known, application, merge, new Date());
    await rows(tx, 'update unpassed_merges set alert = $3 where repository = $1 and number = $2', [repository, number, alert.id]);
    const next = known && (await this.isOver(tx, alert.id)) ? over(alert) : alert;
    await this.alerts.save(tx, next);
    if (!known) await this.outbox.add(tx, controlOpened(next, head));
    if (merge.alert === null) await this.outbox.add(tx, bypassedFact(next, merge));
    if (next.state === 'resolved') await this.outbox.add(tx, resolvedFact(next));
    await this.teller.tell(tx, next);
  }

  /** The host itself says that a rule was passed over: the alert that tells of the merge says so too. */
  async heard(tx: Tx, merge: UnpassedMerge): Promise<void> {
    await this.alerts.lock(tx, merge.repository);
    const alert = await this.known(tx, merge);
    if (!alert) return;
    await this.outbox.add(tx, bypassedFact(alert, merge));
    if (alert.state !== 'resolved') await this.teller.tell(tx, alert);
  }

  /** The alert that tells of this merge already, else the one that is open. */
  private async known(tx: Tx, { repository, alert }: UnpassedMerge): Promise<AlertRow | undefined> {
    return alert === null ? this.alerts.unresolved(tx, controlFingerprint(gateBypassKind, repository)) : this.alerts.byId(tx, alert);
  }

  private async isOver(tx: Tx, alert: string): Promise<boolean> {
    const told = await rows<UnpassedMerge>(tx, 'select stood, result from unpassed_merges where alert = $1', [alert]);
    return told.every(isRedeemed);
  }
}

function over(alert: AlertRow): AlertRow {
  return { ...alert, state: 'resolved', resolvedBy: null, resolution: 'What was merged unjudged has passed since' };
}

/** Said of each merge when it is first told, and once more when its host says so too; that a decision came later is told by that. */
function bypassedFact({ id, fingerprint }: AlertRow, merge: UnpassedMerge): NewFact {
  const { repository, number, head, proposed, commit, baseRef, stood, result } = merge;
  const fact = make(GateBypassed, {
    ...{ alert: id, fingerprint, repository, number, head, baseRef, mergedBy: merge.by, stood },
    ...(proposed === null ? {} : { proposed }),
    ...(commit === null ? {} : { commit }),
    ...(result === null ? {} : { result }),
    ...{ basis: merge.bypass ? 'told' : 'inferred', mergedAt: merge.mergedAt.toISOString() },
  });
  return { deliveryKey: `${id} ${number}`, fact };
}

function resolvedFact({ id, fingerprint, repository, resolution }: AlertRow): NewFact {
  const at = new Date().toISOString();
  const fact = make(AlertResolved, { alert: id, fingerprint, repository, reason: resolution ?? '', at });
  return { deliveryKey: `${id} resolved ${at}`, fact };
}
