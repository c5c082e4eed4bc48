import { Injectable } from '@nestjs/common';
import type { Gate } from '@throughline/contracts';
import { isComplete } from '@throughline/policy';
import { Database, rows, type Tx } from '@throughline/service';
import type { PagedKnown, PagedSnapshot } from '../evaluation/orders.ts';
import { ItemContents } from './item-contents.ts';
import { SubjectRows, type SubjectRow } from './subject-rows.ts';
import { TriagedFindings } from './triage.ts';

/** The base of a subject is planned together with it. When nothing is heard of it for so long, there is none. */
export const baseGraceMs = 60_000;

/** How far the evidence of a subject has come, without its contents. */
export interface Standing {
  readonly subject: SubjectRow;
  /** `none`: there is nothing to compare with. `open`: the base is still being evaluated, or was not heard of yet. */
  readonly base: { readonly state: 'none' | 'open' | 'known'; readonly row?: SubjectRow };
  /** Every item is closed, and so is every one of the base that it is compared with. */
  readonly complete: boolean;
  /** Changes with everything that a judgement about the subject is made from. */
  readonly asOf: string;
}

/** All that is known about a subject and its base at one moment. */
export interface SubjectSnapshot extends Standing {
  readonly known: PagedKnown;
  readonly knownAtBase?: PagedKnown;
  readonly triaged: ReadonlyMap<string, boolean>;
}

/** Reads subjects with their bases, each as of one moment. */
@Injectable()
export class Snapshots {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectRows,
    private readonly contents: ItemContents,
    private readonly triaged: TriagedFindings,
  ) {}

  /** Undefined for a subject that is not known. */
  standing(repository: string, commit: string): Promise<Standing | undefined> {
    return this.atOneMoment(async (tx) => {
      const subject = await this.subjects.find(tx, repository, commit);
      return subject && this.compared(tx, subject);
    });
  }

  standingOf(id: string): Promise<Standing | undefined> {
    return this.atOneMoment(async (tx) => {
      const subject = await this.subjects.byId(tx, id);
      return subject && this.compared(tx, subject);
    });
  }

  /** The standing with the subject locked: no fact about it is taken up until `tx` ends. */
  async locked(tx: Tx, id: string): Promise<Standing | undefined> {
    const subject = await this.subjects.byId(tx, id, 'for update');
    return subject && this.compared(tx, subject);
  }

  of(id: string): Promise<SubjectSnapshot | undefined> {
    return this.atOneMoment(async (tx) => {
      const subject = await this.subjects.byId(tx, id);
      if (!subject) return undefined;
      const standing = await this.compared(tx, subject);
      const { state, row } = standing.base;
      const knownAtBase = state === 'known' && row ? await this.known(tx, row) : undefined;
      return { ...standing, known: await this.known(tx, subject), knownAtBase, triaged: await this.triaged.of(tx, subject.repository) };
    });
  }

  private async compared(tx: Tx, subject: SubjectRow): Promise<Standing> {
    const compares = subject.base !== null && subject.base !== subject.commit;
    const row = compares ? await this.subjects.find(tx, subject.repository, subject.base) : undefined;
    const state = compares ? baseState(subject, row) : 'none';
    const complete = isComplete(subject.evidence) && state !== 'open';
    const triaged = await this.triaged.asOf(tx, subject.repository);
    return { subject, base: { state, row }, complete, asOf: `${subject.version} ${state} ${row?.version ?? ''} ${triaged}` };
  }

  private async known(tx: Tx, { id, evidence }: SubjectRow): Promise<PagedKnown> {
    return { evidence, contents: await this.contents.of(tx, id, evidence.items) };
  }

  private atOneMoment<T>(read: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await rows(tx, 'set transaction isolation level repeatable read, read only');
      return read(tx);
    });
  }
}

/** The snapshot as the evaluation takes it. */
export function paged(snapshot: SubjectSnapshot, gate: Gate, unknown: readonly string[] = []): PagedSnapshot {
  const { repository, commit, ref, pullRequest, base } = snapshot.subject;
  const subject = { repository, commit, ref, ...(pullRequest === null ? {} : { pullRequest }), ...(base === null ? {} : { base }) };
  const { state } = snapshot.base;
  return {
    ...snapshot.known,
    gate,
    subject,
    triaged: snapshot.triaged,
    base: state === 'known' ? snapshot.knownAtBase! : state,
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}

function baseState(subject: SubjectRow, base: SubjectRow | undefined): Standing['base']['state'] {
  if (!base?.evidence.plan) return Date.now() - subject.firstSeenAt.getTime() < baseGraceMs ? 'open' : 'none';
  if (base.evidence.plan.failed !== undefined) return 'none';
  return isComplete(base.evidence) ? 'known' : 'open';
}
