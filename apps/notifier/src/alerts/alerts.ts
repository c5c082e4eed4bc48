import { Injectable } from '@nestjs/common';
import { AlertOpened, AlertResolved, chainIdOf, keys, make, type Envelope, type NewFact } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import { AlertKnowledge } from './alert-knowledge.ts';
import { AlertRows, type AlertRow } from './alert-rows.ts';
import { AlertTeller } from './alert-teller.ts';
import type { LineOfWork } from './line-of-work.ts';
import { nextAlert } from './next-alert.ts';

/** Opens, enriches and ends alerts; each change is told in the same transaction. */
@Injectable()
export class Alerts {
  constructor(
    private readonly alerts: AlertRows,
    private readonly knowledge: AlertKnowledge,
    private readonly teller: AlertTeller,
    private readonly outbox: Outbox,
  ) {}

  /** Looks again at what is known about a judged commit. */
  async review(tx: Tx, place: LineOfWork & { readonly commit: string }, because?: Envelope): Promise<void> {
    await this.alerts.lock(tx, place.repository);
    const situation = await this.knowledge.situationOf(tx, place);
    if (!situation) return;
    const next = nextAlert(await this.alerts.latest(tx, place), situation);
    if (next.change === 'none') return;
    await this.alerts.save(tx, next.alert);
    if (next.change !== 'enriched') await this.outbox.add(tx, factOf(next.change, next.alert, because));
    await this.teller.tell(tx, next.alert);
  }

  /** Something more became known about a commit: it matters once the commit was judged. */
  async enrich(tx: Tx, repository: string, commit: string): Promise<void> {
    const line = await this.knowledge.lineOf(tx, repository, commit);
    if (line !== undefined) await this.review(tx, { repository, line, commit });
  }

  /** A person changes an alert: `changed` answers the alert as it is from now on, or undefined to leave it. */
  async change(tx: Tx, id: string, changed: (alert: AlertRow) => AlertRow | undefined): Promise<AlertRow | undefined> {
    const known = await this.alerts.byId(tx, id);
    const next = known && changed(known);
    if (!next) return known;
    await this.alerts.save(tx, next);
    if (next.state === 'resolved' && known.state !== 'resolved') await this.outbox.add(tx, factOf('resolved', next));
    await this.teller.tell(tx, next);
    return next;
  }
}

function factOf(change: 'opened' | 'resolved', alert: AlertRow, because?: Envelope): NewFact {
  const { id, fingerprint, repository, commit, title, application, priority } = alert;
  const at = new Date().toISOString();
  const about = {
    deliveryKey: `${id} ${change} ${at}`,
    ...(commit !== '' && { correlationid: chainIdOf(repository, commit) }),
    ...(because && { because }),
  };
  if (change === 'resolved') {
    return {
      ...about,
      fact: make(AlertResolved, { alert: id, fingerprint, repository, reason: (alert.resolution ?? '').slice(0, 300), at }),
    };
  }
  const causes = alert.causes.length > 0 ? [...alert.causes] : [keys.commit(repository, commit)];
  const opened = { alert: id, fingerprint, kind: 'decision' as const, priority, title: title.slice(0, 300), application };
  return { ...about, fact: make(AlertOpened, { ...opened, repository, commit, causes, since: alert.since.toISOString() }) };
}
