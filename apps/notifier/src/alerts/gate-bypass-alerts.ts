import { Injectable } from '@nestjs/common';
import { AlertResolved, GateBypassed, GatePushedPast, make, type NewFact } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { Directory } from '../directory/directory.ts';
import { AlertRows, type AlertRow } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import { controlFingerprint, controlOpened } from './control-alert.ts';
import { gateBypassAlert, gateBypassKind, isRedeemed, type UnpassedMerge } from './gate-bypass-alert.ts';

/** One alert for each repository where changes get in that the gate has not let pass. */
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
    const { repository, what, head } = merge;
    await this.alerts.lock(tx, repository);
    const known = await this.known(tx, merge);
    if (known?.state === 'resolved') return;
    const application = (await this.directory.repository(tx, repository))?.application ?? 'unassigned';
    const alert = gateBypassAlert(known, application, merge, new Date());
    await rows(tx, 'update unpassed_merges set alert = $3 where repository = $1 and what = $2', [repository, what, alert.id]);
    const next = known && (await this.isOver(tx, alert.id)) ? over(alert, passedSince) : alert;
    await this.alerts.save(tx, next);
    if (!known) await this.outbox.add(tx, controlOpened(next, head));
    if (merge.alert === null) await this.outbox.add(tx, bypassedFact(next, merge));
    if (next.state === 'resolved') await this.outbox.add(tx, resolvedFact(next));
    await this.teller.tell(tx, next);
  }

  /** What looked like a push past the gate was the merge of a change request, of which its host told late. */
  async explained(tx: Tx, push: UnpassedMerge): Promise<void> {
    await this.alerts.lock(tx, push.repository);
    await rows(tx, 'delete from unpassed_merges where repository = $1 and what = $2', [push.repository, push.what]);
    const alert = await this.known(tx, push);
    if (push.alert === null || !alert || alert.state === 'resolved') return;
    const next = (await this.isOver(tx, alert.id)) ? over(alert, mergedAfterAll) : alert;
    if (next.state === 'resolved') {
      await this.alerts.save(tx, next);
      await this.outbox.add(tx, resolvedFact(next));
    }
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

const passedSince = 'What was merged unjudged has passed since';
const mergedAfterAll = 'What was pushed was merged by a change request, as its host told later';

function over(alert: AlertRow, resolution: string): AlertRow {
  return { ...alert, state: 'resolved', resolvedBy: null, resolution };
}

/** Said of each merge or push when it is first told, and once more when its host says so too; that a decision came later is told by that. */
function bypassedFact({ id, fingerprint }: AlertRow, merge: UnpassedMerge): NewFact {
  const { repository, number, head, baseRef, by, stood, result } = merge;
  const told = { alert: id, fingerprint, repository, stood, ...(result === null ? {} : { result }) };
  const [basis, at] = [merge.bypass ? ('told' as const) : ('inferred' as const), merge.mergedAt.toISOString()];
  if (number === null) {
    const fact = make(GatePushedPast, { ...told, ref: baseRef, commit: head, pusher: by, basis, pushedAt: at });
    return { deliveryKey: `${id} ${head}`, fact };
  }
  const { proposed, commit } = merge;
  const fact = make(GateBypassed, {
    ...{ ...told, number, head, baseRef, mergedBy: by, basis, mergedAt: at },
    ...(proposed === null ? {} : { proposed }),
    ...(commit === null ? {} : { commit }),
  });
  return { deliveryKey: `${id} ${number}`, fact };
}

function resolvedFact({ id, fingerprint, repository, resolution }: AlertRow): NewFact {
  const at = new Date().toISOString();
  const fact = make(AlertResolved, { alert: id, fingerprint, repository, reason: resolution ?? '', at });
  return { deliveryKey: `${id} resolved ${at}`, fact };
}
