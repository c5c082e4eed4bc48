import type { CheckReleaseAnswer, CheckReleaseEnd, ReleasedCheck } from '@throughline/contracts';
import type { Tone } from '../ui/tones.ts';

const ends: Readonly<Record<CheckReleaseEnd, string>> = {
  over: 'its time is over',
  closed: 'ended early',
  refused: 'refused',
  not_confirmed: 'not confirmed',
};

type Standing = Pick<CheckReleaseAnswer, 'state' | 'endedBecause' | 'confirmBefore' | 'until'>;

/** How a release stands: over is over, whether its end was noted yet or not. An open one is a door that stands open. */
export function standingOf(
  { state, endedBecause, confirmBefore, until }: Standing,
  now: number,
): { readonly word: string; readonly tone: Tone } {
  if (state === 'ended') return { word: ends[endedBecause ?? 'over'], tone: 'plain' };
  if (state === 'requested')
    return isPast(confirmBefore, now) ? { word: ends.not_confirmed, tone: 'plain' } : { word: 'requested', tone: 'info' };
  return isPast(until, now) ? { word: ends.over, tone: 'plain' } : { word: 'open', tone: 'warn' };
}

/** Which checks it lets pass. */
export function reachOf({ repository, source, application }: Pick<CheckReleaseAnswer, 'repository' | 'source' | 'application'>): string {
  if (repository !== undefined) return repository;
  if (source !== undefined) return 'what one source told of';
  return application === '*' ? 'every check' : `every check of ${application}`;
}

/** What came of it, the worst first. */
export function cameOf({
  released,
  judged,
  blocked,
  merged,
}: Pick<CheckReleaseAnswer, 'released' | 'judged' | 'blocked' | 'merged'>): string {
  if (released === 0) return 'nothing was released';
  const said = [
    blocked > 0 && `${blocked} blocked since`,
    merged > 0 && `${merged} merged unjudged`,
    released > judged && `${released - judged} not judged yet`,
    `${released} released`,
  ];
  return said.filter(Boolean).join(' · ');
}

/** What became of one check that was released. */
export function becameOf({ result, mergedAt }: Pick<ReleasedCheck, 'result' | 'mergedAt'>): { readonly word: string; readonly tone: Tone } {
  if (result === 'deny') return { word: mergedAt === undefined ? 'blocked since' : 'merged, and blocked since', tone: 'bad' };
  if (result !== undefined) return { word: 'passed since', tone: 'good' };
  return mergedAt === undefined ? { word: 'not judged yet', tone: 'unsure' } : { word: 'merged unjudged', tone: 'warn' };
}

/** As people say it. */
export function lengthOf(minutes: number): string {
  if (minutes % 60 !== 0) return `${minutes} minutes`;
  return minutes === 60 ? 'an hour' : `${minutes / 60} hours`;
}

function isPast(time: string | undefined, now: number): boolean {
  return time !== undefined && Date.parse(time) <= now;
}
