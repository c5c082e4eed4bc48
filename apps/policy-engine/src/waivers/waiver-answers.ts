import { make, WaiverAnswer, WaiverDetail, WaiverEvent, WaiverLine, WaiverOrigin, WaiverScope } from '@throughline/contracts';
import type { Objection } from './approval-rules.ts';
import { everyApplication, labelOf, linesLeft } from './waiver-content.ts';
import type { WaiverEventRow, WaiverRow } from './waiver-rows.ts';

/** Where people read a waiver. */
export function waiverPage(id: string, linkBase: string): string {
  return `${linkBase}/waivers/${id}`;
}

/** A waiver as lists show it. */
export function answerOf(row: WaiverRow, linkBase: string): WaiverAnswer {
  const { id, state, digest, revision, requestedBy, requestedAt } = row;
  const { scope: asked, endsWhen, until, origin, ...content } = row.content;
  const lines = linesLeft(asked, row.gone);
  const scope = lines === undefined ? asked : { ...asked, anyOf: lines.map((line) => make(WaiverLine, { ...line })) };
  return make(WaiverAnswer, {
    ...{ id, label: labelOf(row), state, scope: make(WaiverScope, scope), ...content, endsWhen: [...endsWhen], until, digest, revision },
    ...{ requestedBy, requestedAt: requestedAt.toISOString(), url: waiverPage(id, linkBase) },
    ...(origin && { origin: make(WaiverOrigin, { ...origin }) }),
    ...(row.approvedBy === null ? {} : { approvedBy: row.approvedBy }),
    ...(row.approvedAt === null ? {} : { approvedAt: row.approvedAt.toISOString() }),
    ...(row.endedBecause === null ? {} : { endedBecause: row.endedBecause }),
    ...(row.endedBy === null ? {} : { endedBy: row.endedBy }),
    ...(row.endedNote === null ? {} : { endedNote: row.endedNote }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
  });
}

/** What a single one shows beside what lists do. */
export interface AboutWaiver {
  readonly history: readonly WaiverEventRow[];
  readonly objection: Objection | undefined;
}

/** Who has which role is known at the door; here it is known which role it takes. */
function approversOf({ application }: WaiverRow): string[] {
  const where = application === everyApplication ? 'everywhere' : `for ${application}`;
  return [`whoever is security or administrator ${where}`];
}

/** A waiver with its history, and who decides. */
export function detailOf(row: WaiverRow, { history, objection }: AboutWaiver, linkBase: string): WaiverDetail {
  const open = row.state === 'requested';
  return make(WaiverDetail, {
    ...answerOf(row, linkBase),
    history: history.map(({ at, note, ...event }) =>
      make(WaiverEvent, { ...event, at: at.toISOString(), ...(note === null ? {} : { note }) }),
    ),
    approvers: open ? approversOf(row) : [],
    mayApprove: open && objection === undefined,
    ...(open && objection ? { mayNotApproveBecause: objection.detail } : {}),
  });
}
