import { Injectable } from '@nestjs/common';
import { make, WaiverEnded, WaiverGranted, WaiverMatch, WaiverMatches } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { everyApplication, labelOf, matchesOf } from './waiver-content.ts';
import type { Ending, WaiverRow } from './waiver-rows.ts';

/** Payloads of work are small: an application with more repositories has all heads looked at. */
const maxNamed = 500;

/** What follows when a waiver begins or ends to hold: others are told, and what it covers is judged again. */
@Injectable()
export class WaiverEffects {
  constructor(
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
  ) {}

  async granted(tx: Tx, row: WaiverRow): Promise<void> {
    await this.outbox.add(tx, { fact: grantedFact(row), deliveryKey: `waiver ${row.id} ${row.revision}`, sequence: row.revision });
    await this.judgeAgain(tx, row);
  }

  /** The row with the revision of its end. */
  async ended(tx: Tx, row: WaiverRow, { because, by, note }: Ending): Promise<void> {
    const fact = make(WaiverEnded, {
      ...whereOf(row),
      ...{
        because: because === 'line_removed' ? ('revoked' as const) : because,
        by,
        owner: row.content.owner,
        endedAt: (row.endedAt ?? new Date()).toISOString(),
      },
      ...(note === undefined ? {} : { note }),
    });
    await this.outbox.add(tx, { fact, deliveryKey: `waiver ${row.id} ${row.revision}`, sequence: row.revision });
    await this.judgeAgain(tx, row);
  }

  /** Some of its lines are gone: what it covers is told anew. */
  async narrowed(tx: Tx, row: WaiverRow): Promise<void> {
    await (row.state === 'granted' ? this.granted(tx, row) : this.proposed(tx, row));
  }

  /** Nobody is told of a request; a policy may let it count. */
  async proposed(tx: Tx, row: WaiverRow): Promise<void> {
    await this.judgeAgain(tx, row);
  }

  private async judgeAgain(tx: Tx, row: WaiverRow): Promise<void> {
    const repositories = await repositoriesOf(tx, row);
    const all = repositories === null || repositories.length > maxNamed;
    await this.work.add(tx, { kind: workKinds.judgeHeads, payload: all ? {} : { repositories } });
  }
}

/** Where it may cover findings; null: everywhere. */
export async function repositoriesOf(
  tx: Tx,
  { repository, application }: Pick<WaiverRow, 'repository' | 'application'>,
): Promise<readonly string[] | null> {
  if (repository !== null) return [repository];
  if (application === everyApplication) return null;
  const found = await rows<{ repository: string }>(
    tx,
    `select repository from application_repository where application = $1
     union select id from repository where application = $1 and id not in (select repository from application_repository)`,
    [application],
  );
  return found.map((each) => each.repository);
}

function grantedFact(row: WaiverRow): WaiverGranted {
  const { gone } = row;
  const { scope, reason, owner, premise, endsWhen, until, decision } = row.content;
  return make(WaiverGranted, {
    ...whereOf(row),
    ...(scope.policy === undefined ? {} : { policy: scope.policy }),
    matches: matchesFact(matchesOf(scope, gone)),
    ...{ endsWhen: [...endsWhen], reason, owner, until, digest: row.digest },
    ...(premise === undefined ? {} : { premise }),
    ...{ requestedBy: row.requestedBy, approvedBy: row.approvedBy!, from: row.approvedAt!.toISOString() },
    ...(decision === undefined ? {} : { decision }),
  });
}

function matchesFact({ anyOf, ...matches }: ReturnType<typeof matchesOf>): WaiverMatches {
  return make(WaiverMatches, { ...matches, ...(anyOf && { anyOf: anyOf.map((line) => make(WaiverMatch, line)) }) });
}

function whereOf(row: WaiverRow) {
  const { id, application, repository } = row;
  return { waiver: id, label: labelOf(row), application, ...(repository === null ? {} : { repository }) };
}
