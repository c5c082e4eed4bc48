import type { DecisionMade, DecisionReason, ReasonFinding } from '@throughline/contracts';
import type { CheckReport, NamedPlace } from '../channels/message.ts';
import { countingReasons } from './comment-items.ts';
import { commentMessage } from './comment-message.ts';

/** All that a decision says, for hosts that show more than a line beside a commit. `asked` tells apart what was asked for again. */
export function checkReport(decision: DecisionMade, at: Date, publicUrl: string, asked?: string): CheckReport {
  const change = { number: 0, named: [], told: false, decidedAt: at.toISOString() };
  return {
    key: asked === undefined ? decision.decision : `${decision.decision} ${asked}`,
    report: commentMessage(decision, change, publicUrl).message,
    places: placesOf(decision),
  };
}

/** Each finding once, at its place: of what the change adds, and of what blocks although it is older. What blocks is first. */
function placesOf({ result, reasons }: DecisionMade): readonly NamedPlace[] {
  if (result === 'undecided') return [];
  const places = new Map<string, NamedPlace>();
  const counting = countingReasons({ reasons });
  for (const reason of [...counting].sort((a, b) => Number(b.effect === 'deny') - Number(a.effect === 'deny'))) {
    for (const finding of reason.findings) {
      const place = places.has(finding.id) ? undefined : placeOf(finding, reason);
      if (place) places.set(finding.id, place);
    }
  }
  return [...places.values()];
}

function placeOf({ place, title, cve, fixedIn }: ReasonFinding, reason: DecisionReason): NamedPlace | undefined {
  const [, path, line] = /^(.+?)(?::(\d{1,9}))?$/.exec(place ?? '') ?? [];
  if (path === undefined) return undefined;
  const fix = reason.fix === '' ? (fixedIn === undefined ? [] : [`Fix: raise it to ${fixedIn}`]) : [`Fix: ${reason.fix}`];
  const why = `Policy ${reason.policy} v${reason.version}: ${reason.message}`;
  return {
    path,
    line: Math.max(1, Number(line ?? 1)),
    blocks: reason.effect === 'deny',
    title: cve === undefined ? title : `${cve}: ${title}`,
    text: [...fix, why].join('\n'),
  };
}
