import { Injectable } from '@nestjs/common';
import {
  AddedSuppression,
  AddedSuppressions,
  EvidencePlanned,
  make,
  type Envelope,
  type PlannedItem,
  type SourceSubject,
} from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { EvidenceItems } from './evidence-items.ts';
import type { PlacedSuppression } from '../suppressions/reading.ts';
import type { EvidenceRequest } from './evidence-requests.ts';

/** So many items fit into a fact; the earlier ones were announced before. */
const mostItems = 200;

/** Named one by one; the rest is counted. */
const mostNamed = 10;

/** What is told beside the items. */
interface About {
  readonly failed?: string;
  readonly suppressions?: readonly PlacedSuppression[];
}

/** Tells which evidence a subject needs. */
@Injectable()
export class Announcements {
  constructor(
    private readonly items: EvidenceItems,
    private readonly outbox: Outbox,
  ) {}

  /** After the rows were written: their lock orders what is told about the subject. */
  async announce(tx: Tx, request: EvidenceRequest, base: string | undefined, about: About): Promise<void> {
    await this.tell(tx, request.plan, subjectOf(request, base), { because: request.cause, ...about });
  }

  /** The same for a plan to which an item was added by other means than a request. */
  async tell(
    tx: Tx,
    plan: string,
    subject: SourceSubject,
    { because, failed, suppressions = [] }: About & { readonly because?: Envelope } = {},
  ): Promise<void> {
    const [row] = await rows<{ revision: number; throughSeq: number }>(
      tx,
      'update plan set revision = revision + 1 where id = $1 returning revision, through_seq as "throughSeq"',
      [plan],
    );
    const { revision, throughSeq } = row!;
    const items = (await this.items.latest(tx, plan, mostItems)).map(plannedItem);
    const fact = make(EvidencePlanned, {
      ...{ subject, throughSeq, items, ...addedSuppressions(suppressions) },
      ...(failed !== undefined && { failed: failed.slice(0, 500) }),
    });
    await this.outbox.add(tx, { fact, deliveryKey: `${plan}:${revision}`, sequence: revision, ...(because && { because }) });
  }
}

export function subjectOf(request: EvidenceRequest, base: string | undefined): SourceSubject {
  const { repository, commit, ref, pullRequest, baseline, first } = request;
  return {
    ...{ repository, commit, ref },
    ...(pullRequest !== null && { pullRequest }),
    ...(base !== undefined && { base }),
    ...(baseline && { baseline }),
    ...(first && { silent: true }),
  };
}

function addedSuppressions(all: readonly PlacedSuppression[]): Pick<EvidencePlanned, 'suppressions'> {
  if (all.length === 0) return {};
  const named = all
    .slice(0, mostNamed)
    .map(({ tool, file, line, mark }) =>
      make(AddedSuppression, { tool, path: file.length > 300 ? `…${file.slice(-299)}` : file, line, mark }),
    );
  return { suppressions: make(AddedSuppressions, { total: all.length, named }) };
}

function plannedItem(item: Awaited<ReturnType<EvidenceItems['latest']>>[number]): PlannedItem {
  const { seq, tool, finds, state, reason, assurance, changeOnly } = item;
  const closed = state === 'unavailable' || state === 'not_applicable';
  return {
    seq,
    tool,
    finds,
    state: closed ? state : 'planned',
    ...(closed && reason !== null && { reason }),
    ...(assurance !== null && { assurance }),
    ...(changeOnly && { changeOnly }),
  };
}
