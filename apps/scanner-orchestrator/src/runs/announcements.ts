import { Injectable } from '@nestjs/common';
import { EvidencePlanned, make, type PlannedItem, type SourceSubject } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { EvidenceItems } from './evidence-items.ts';
import type { EvidenceRequest } from './evidence-requests.ts';

/** So many items fit into a fact; the earlier ones were announced before. */
const mostItems = 200;

/** Tells which evidence a subject needs. */
@Injectable()
export class Announcements {
  constructor(
    private readonly items: EvidenceItems,
    private readonly outbox: Outbox,
  ) {}

  /** After the rows were written: their lock orders what is told about the subject. */
  async announce(tx: Tx, request: EvidenceRequest, base: string | undefined, failed?: string): Promise<void> {
    const [plan] = await rows<{ revision: number; throughSeq: number }>(
      tx,
      'update plan set revision = revision + 1 where id = $1 returning revision, through_seq as "throughSeq"',
      [request.plan],
    );
    const { revision, throughSeq } = plan!;
    const items = (await this.items.latest(tx, request.plan, mostItems)).map(plannedItem);
    const fact = make(EvidencePlanned, {
      subject: subjectOf(request, base),
      throughSeq,
      items,
      ...(failed !== undefined && { failed: failed.slice(0, 500) }),
    });
    await this.outbox.add(tx, { fact, deliveryKey: `${request.plan}:${revision}`, because: request.cause, sequence: revision });
  }
}

export function subjectOf(request: EvidenceRequest, base: string | undefined): SourceSubject {
  const { repository, commit, ref, pullRequest, baseline } = request;
  return {
    ...{ repository, commit, ref },
    ...(pullRequest !== null && { pullRequest }),
    ...(base !== undefined && { base }),
    ...(baseline && { baseline }),
  };
}

function plannedItem({ seq, tool, finds, state, reason }: Awaited<ReturnType<EvidenceItems['latest']>>[number]): PlannedItem {
  const closed = state === 'unavailable' || state === 'not_applicable';
  return { seq, tool, finds, state: closed ? state : 'planned', ...(closed && reason !== null && { reason }) };
}
