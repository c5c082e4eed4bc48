import { BundleRef, GateAnswer, make, type GateSubject } from '@throughline/contracts';
import { toleranceOf, unassigned } from '@throughline/policy';
import { decisionPage, reasonsFor, waivedFor } from '../decisions/decision-answers.ts';
import { suppressionsFor } from '../decisions/decision-fact.ts';
import type { Outcome } from './gates.ts';
import type { Admitted } from './question.ts';

/** The answer of a gate: the decision, or undecided with what could not be learnt. */
export function answerOf({ question, accountable }: Admitted, { decision, missing }: Outcome, linkBase: string): GateAnswer {
  if (!decision) return undecided(question.commit, accountable.tolerance.name, missing);
  const { id, result, older, tolerance, dataAsOf, degraded } = decision;
  return make(GateAnswer, {
    decision: result,
    reasons: reasonsFor(decision, { approvers: accountable.owners, linkBase }),
    ...waivedFor(decision, linkBase),
    ...suppressionsFor(decision),
    ...(decision.missing.length === 0 ? {} : { missing: [...decision.missing] }),
    ...{ id, subject: decision.commit, tolerance, older, url: decisionPage(id, linkBase) },
    ...(dataAsOf === null ? {} : { dataAsOf: dataAsOf.toISOString() }),
    ...(degraded ? { degraded } : {}),
    ...(decision.bundle === null ? {} : { bundle: make(BundleRef, { ...decision.bundle }) }),
  });
}

/** The answer about a subject of which nothing can be known here. */
export function unknownAnswer({ digest, image, commit, pullRequest }: GateSubject): GateAnswer {
  const [subject, what] =
    (digest ?? image)
      ? [digest ?? image!, 'No evidence about this image is known']
      : commit === undefined
        ? [`pull request ${pullRequest ?? ''}`, 'This change request is not known: nothing of it has arrived']
        : [commit, 'Nothing is known about this commit: no push, change request or scan of it has arrived'];
  return undecided(subject, toleranceOf(unassigned).name, [what]);
}

function undecided(subject: string, tolerance: string, missing: readonly string[]): GateAnswer {
  return make(GateAnswer, { decision: 'undecided', reasons: [], missing: [...missing], subject, tolerance, older: 0 });
}
