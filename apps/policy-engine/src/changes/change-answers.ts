import { make, PolicyChange, PolicyChangePart } from '@throughline/contracts';
import type { Identity } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { contentsOf } from './change-parts.ts';
import type { ChangeRow } from './change-rows.ts';
import { objectionTo } from './second-person.ts';

export const waits = {
  status: 202,
  type: PolicyChange,
  description: 'It makes a policy weaker: it waits until a second person approves it',
};

export function waiting(row: ChangeRow, caller: Identity, reply: FastifyReply): PolicyChange {
  const answer = wholeOf(row, caller);
  void reply.status(202).header('location', answer.location);
  return answer;
}

/** With the texts that a bundle would publish, or all of an application. */
export function wholeOf(change: ChangeRow, caller: Identity): PolicyChange {
  const answer = answerOf(change, caller);
  if (change.kind === 'application') return Object.assign(answer, { source: change.source! });
  if (change.kind !== 'bundle') return answer;
  const { note, parts } = contentsOf(change);
  return Object.assign(answer, { parts: parts.map((part) => make(PolicyChangePart, part)) }, note === undefined ? {} : { note });
}

/** As lists show it. */
export function answerOf(change: ChangeRow, caller: Identity): PolicyChange {
  const { id, state, name, application, kind, base, source, weakens, affected, digest, ...row } = change;
  const objection = objectionTo(caller, change);
  return make(PolicyChange, {
    ...{ id, location: `/api/v1/policies/changes/${id}`, state, kind, base, digest },
    ...(name === null ? {} : { policy: name }),
    ...(application === null ? {} : { application }),
    ...{ weakens: weakens.map((text) => text.slice(0, 500)), affected: [...affected], requestedBy: row.requestedBy },
    ...{ requestedAt: row.requestedAt.toISOString(), approveBefore: row.approveBefore.toISOString() },
    ...{ mayApprove: !objection, ...(objection?.detail === undefined ? {} : { mayNotApproveBecause: objection.detail }) },
    ...(source === null || kind === 'bundle' || kind === 'application' ? {} : { source }),
    ...(row.decidedBy === null ? {} : { decidedBy: row.decidedBy }),
    ...(row.decidedAt === null ? {} : { decidedAt: row.decidedAt.toISOString() }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  });
}
