import { Injectable } from '@nestjs/common';
import type { Gate } from '@throughline/contracts';
import { isComparable, isComplete, onlyUploads } from '@throughline/policy';
import { Database, rows, type Tx } from '@throughline/service';
import type { PagedKnown, PagedSnapshot } from '../evaluation/orders.ts';
import { Comparisons } from './comparisons.ts';
import { ItemContents } from './item-contents.ts';
import { Rulings, type Ruled } from './rulings.ts';
import { SubjectRows, type SubjectRow } from './subject-rows.ts';

/**
 * A base is planned together with what is compared with it, and so is what it lacks. Nothing heard of it for so long after the
 * last fact about the subject: there is nothing to compare with.
 */
const graceMs = 60_000;

/** What a subject is compared with. */
export interface Bases {
  /** `none`: nothing on at least one line, so everything is new. `open`: something of it is not evaluated yet. */
  readonly state: 'none' | 'open' | 'known';
  readonly rows: readonly SubjectRow[];
  /** Until then something may still be heard; in the past or absent when nothing is waited for. */
  readonly graceUntil?: Date;
}

/** How far the evidence of a subject has come, without its contents. */
export interface Standing {
  readonly subject: SubjectRow;
  readonly bases: Bases;
  /** Every item is closed, and so is every one of the bases that it is compared with. */
  readonly complete: boolean;
  /** Changes with everything that a judgement about the subject is made from. */
  readonly asOf: string;
}

/** All that is known about a subject and its bases at one moment. */
export interface SubjectSnapshot extends Standing, Ruled {
  readonly known: PagedKnown;
  readonly knownAtBases: readonly PagedKnown[];
}

/** Reads subjects with their bases, each as of one moment. */
@Injectable()
export class Snapshots {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectRows,
    private readonly comparisons: Comparisons,
    private readonly contents: ItemContents,
    private readonly rulings: Rulings,
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
      const [standing, known, ruled] = await Promise.all([
        this.compared(tx, subject),
        this.known(tx, subject),
        this.rulings.of(tx, subject.repository),
      ]);
      const { state, rows: bases } = standing.bases;
      const knownAtBases = state === 'known' ? await Promise.all(bases.map((base) => this.known(tx, base))) : [];
      return { ...standing, ...ruled, known, knownAtBases };
    });
  }

  private async compared(tx: Tx, subject: SubjectRow): Promise<Standing> {
    const [bases, ruled] = await Promise.all([this.basesOf(tx, subject), this.rulings.asOf(tx, subject.repository)]);
    const versions = bases.rows.map((row) => `${row.commit.slice(0, 7)}.${row.version}`).join(' ');
    const complete = isComplete(subject.evidence) && bases.state !== 'open';
    return { subject, bases, complete, asOf: `${subject.version} ${bases.state} ${versions} ${ruled}` };
  }

  private async basesOf(tx: Tx, subject: SubjectRow): Promise<Bases> {
    const commits = await this.comparisons.basesOf(tx, subject.id);
    const known: SubjectRow[] = [];
    const states = [];
    for (const commit of commits) {
      const row =
        commit === subject.commit ? subject : commit === null ? undefined : await this.subjects.find(tx, subject.repository, commit);
      if (row) known.push(row);
      states.push(commit === null ? 'none' : stateOf(subject, row));
    }
    const graceUntil = new Date(subject.changedAt.getTime() + graceMs);
    const awaited = graceUntil.getTime() > Date.now() && states.some((state) => state === 'unheard' || state === 'lacking');
    if (awaited || states.includes('open')) return { state: 'open', rows: known, graceUntil };
    const nothing = states.length === 0 || states.includes('none') || states.includes('unheard');
    return { state: nothing ? 'none' : 'known', rows: known };
  }

  private async known(tx: Tx, { id, evidence }: SubjectRow): Promise<PagedKnown> {
    return { evidence, contents: await this.contents.of(tx, id, evidence.items) };
  }

  private atOneMoment<T>(read: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      const [, found] = await Promise.all([rows(tx, 'set transaction isolation level repeatable read, read only'), read(tx)]);
      return found;
    });
  }
}

/** The snapshot as the evaluation takes it. */
export function paged(snapshot: SubjectSnapshot, gate: Gate, unknown: readonly string[] = []): PagedSnapshot {
  const { repository, commit, ref, pullRequest, base } = snapshot.subject;
  const subject = { repository, commit, ref, ...(pullRequest === null ? {} : { pullRequest }), ...(base === null ? {} : { base }) };
  const { state } = snapshot.bases;
  return {
    ...snapshot.known,
    gate,
    subject,
    triaged: snapshot.triaged,
    base: state === 'known' ? snapshot.knownAtBases : state,
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}

/** `unheard`: no plan of it is known yet. `lacking`: not all that is needed to compare was asked for yet. */
function stateOf(subject: SubjectRow, base: SubjectRow | undefined): 'none' | 'open' | 'known' | 'unheard' | 'lacking' {
  if (base === subject) return 'known';
  if (!base?.evidence.plan || onlyUploads(base.evidence)) return 'unheard';
  if (base.evidence.plan.failed !== undefined) return 'none';
  if (!isComplete(base.evidence)) return 'open';
  return isComparable(subject.evidence, base.evidence) ? 'known' : 'lacking';
}
