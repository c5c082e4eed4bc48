import { chainIdOf, type DecisionMade } from '@throughline/contracts';
import type { StatusMessage } from '../channels/message.ts';
import { blockingFindings } from '../alerts/alert-sections.ts';
import { count, linkTo, packageName } from '../alerts/words.ts';
import { roughly } from './usual-wait.ts';

interface Place {
  readonly repository: string;
  readonly commit: string;
  readonly application: string;
}

/** Why an unjudged commit passes, and by whom. */
export interface ToldRelease {
  readonly id: string;
  readonly label: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly confirmedBy: string | null;
}

/** Said within seconds of a push, so that nobody merges before anything was judged. How long it takes is said when it is known. */
export function pendingStatus(place: Place, publicUrl: string, usualSeconds?: number): StatusMessage {
  const within = usualSeconds === undefined ? '' : `, usually within ${roughly(usualSeconds)}`;
  return { ...base(place, publicUrl), state: 'pending', description: `Scanning: the decision follows${within}` };
}

/** How far the scans of a commit are, and how long it takes yet, where that is known. */
export interface ToldProgress {
  readonly done: number;
  readonly total: number;
  readonly leftSeconds?: number;
}

/** The same while it takes longer. */
export function progressStatus(place: Place, publicUrl: string, { done, total, leftSeconds }: ToldProgress): StatusMessage {
  const left = leftSeconds === undefined ? '' : `, about ${roughly(leftSeconds)} left`;
  return { ...base(place, publicUrl), state: 'pending', description: `${done} of ${count(total, 'scanner', 'scanners')} done${left}` };
}

/** Two persons let it pass; the judgement follows, and replaces this. */
export function releasedStatus(
  place: Place,
  { id, label, requestedBy, confirmedBy, reason }: ToldRelease,
  publicUrl: string,
): StatusMessage {
  return {
    ...base(place, publicUrl),
    state: 'released',
    description: `Released unjudged (${label}, ${requestedBy} and ${confirmedBy ?? 'nobody'}): ${reason}`,
    release: id,
  };
}

/** A decision as a commit status. `undecided` never counts as passed. */
export function decidedStatus(decision: DecisionMade, publicUrl: string): StatusMessage {
  const place = { ...decision.subject, application: decision.application };
  const message = { ...base(place, publicUrl), link: linkTo(publicUrl, 'decisions', decision.decision) };
  const older = decision.older > 0 ? ` ${count(decision.older, 'older finding does not count', 'older findings do not count')}.` : '';
  switch (decision.result) {
    case 'pass':
      return { ...message, state: 'passed', description: `Passed: nothing in this change blocks.${older}` };
    case 'warn':
      return { ...message, state: 'passed', description: `Passed with ${count(decision.reasons.length, 'warning', 'warnings')}.${older}` };
    case 'deny':
      return { ...message, state: 'blocked', description: `Blocked: ${because(decision)}${older}` };
    case 'undecided':
      return { ...message, state: 'undecided', description: `Not decided: ${decision.missing[0] ?? 'evidence is missing'}` };
  }
}

function base(place: Place, publicUrl: string): Omit<StatusMessage, 'state' | 'description'> {
  return {
    kind: 'status',
    repository: place.repository,
    commit: place.commit,
    application: place.application,
    link: linkTo(publicUrl, 'chains', chainIdOf(place.repository, place.commit)),
  };
}

function because(decision: DecisionMade): string {
  const { named, total } = blockingFindings([decision]);
  const first = named[0];
  if (!first) return sentence(decision.reasons.find((reason) => reason.effect === 'deny')?.message ?? 'a policy denies it');
  const what = first.purl ? `${packageName(first.purl)}${first.cve ? ` (${first.cve})` : ''}` : first.title;
  const fix = first.fixedIn ? ` Fix: ${first.fixedIn}.` : '';
  return `${sentence(`${what}${total > 1 ? ` and ${total - 1} more` : ''}`)}${fix}`;
}

function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, '')}.`;
}
