import type { GateBypassed, Unpassed } from '@throughline/contracts';
import { code, line, strong, type AlertMessage, type Line } from '../channels/message.ts';
import type { AlertRow } from './alert-rows.ts';
import { controlAlert, controlMessage } from './control-alert.ts';
import type { AlertStory } from './story.ts';
import { count, utc } from './words.ts';

export const gateBypassKind = 'gate-bypassed';

/** What got into a branch although the change gate had not let it pass: by a change request that was merged, or by a push. */
export interface UnpassedMerge {
  readonly repository: string;
  /** Which one of the repository: `#7`, or the commit that was pushed. */
  readonly what: string;
  /** Null for a push. */
  readonly number: number | null;
  /** What was merged, or pushed. */
  readonly head: string;
  /** The head that was proposed last, where that is another. */
  readonly proposed: string | null;
  /** What the merge made. */
  readonly commit: string | null;
  readonly baseRef: string;
  readonly by: string;
  /** The host says that a rule of the branch was passed over. */
  readonly bypass: boolean;
  /** How it stood when it was merged. */
  readonly stood: Unpassed;
  /** What was decided since. */
  readonly result: NonNullable<GateBypassed['result']> | null;
  readonly mergedAt: Date;
  readonly alert: string | null;
}

/** The columns of a merge, as its row has them. */
export const mergeColumns = `repository, what, number, head, proposed, commit, base_ref as "baseRef", by_login as by, bypass, stood, result,
  merged_at as "mergedAt", alert`;

/** Which one work is about; what was asked for by an earlier release names a number. */
export function whatOf({ what, number }: Partial<Pick<UnpassedMerge, 'what' | 'number'>>): string {
  return what ?? `#${number}`;
}

/** Nobody has to look at it any more: nothing was known when it got in, and now it is known to pass. */
export function isRedeemed({ stood, result }: Pick<UnpassedMerge, 'stood' | 'result'>): boolean {
  return stood !== 'deny' && (result === 'pass' || result === 'warn');
}

/** The alert as it stands after this merge; what is known to be blocked is the worse one. */
export function gateBypassAlert(open: AlertRow | undefined, application: string, merge: UnpassedMerge, at: Date): AlertRow {
  const blocked = merge.stood === 'deny' || merge.result === 'deny';
  const grave = { priority: 'P2', severity: 'high' } as const;
  if (open) return blocked ? { ...open, ...grave } : open;
  const { repository } = merge;
  const name = repository.split('/').slice(-2).join('/');
  const bad = blocked ? grave : ({ priority: 'P3', severity: 'medium' } as const);
  const title = `${name}: ${merge.number === null ? 'pushed' : 'merged'} past the change gate`;
  return controlAlert({ kind: gateBypassKind, ...bad, title, application, repository, line: 'merge' }, repository, at);
}

/** Tells it: what was merged, by whom, how it stood, and how to shut the door. */
export function gateBypassMessage(story: AlertStory, merges: readonly UnpassedMerge[]): AlertMessage {
  const verb = merges.every(({ number }) => number !== null) ? 'merged' : 'let in';
  const many = count(merges.length, `change was ${verb}`, `changes were ${verb}`);
  return controlMessage(story, { what: `${many} without a pass`, ended: 'ended', sections: sectionsOf(merges) });
}

function sectionsOf(merges: readonly UnpassedMerge[]): AlertMessage['sections'] {
  return [
    { title: 'What we know', lines: merges.map(lineOf) },
    { title: 'How we know it', lines: grounds.flatMap(({ of, says }) => (merges.some(of) ? [line(says)] : [])) },
    {
      title: 'Do now',
      numbered: true,
      lines: [
        line('Look at what blocks it, and mend it on the branch, or take it back'),
        line('Ask who did it: there is an exception to be asked for where a risk can be taken'),
        line('Let the branch require the check, also of administrators: the page of the repository says whether it does'),
      ],
    },
    { title: 'What we do not know', lines: [line('Whether the merge was built or deployed already: look at its chain')] },
  ];
}

/** What is concluded, and what somebody said. */
const grounds = [
  {
    of: ({ bypass, number }: UnpassedMerge) => !bypass && number !== null,
    says: 'Concluded: the host told which commit was merged, and our own decision about that commit was no pass',
  },
  {
    of: ({ bypass, number }: UnpassedMerge) => !bypass && number === null,
    says: 'Concluded: the branch requires our check, the host told who pushed and of no change request that was merged so, and our own decision about that commit was no pass',
  },
  { of: ({ bypass }: UnpassedMerge) => bypass, says: 'Told: the host says itself that a rule of the branch was passed over' },
] as const;

const stoodAs: Readonly<Record<Unpassed, string>> = {
  ...{ untold: 'unknown here', pending: 'not judged yet', undecided: 'not decided' },
  ...{ released: 'released unjudged', deny: 'blocked' },
};

function lineOf({ number, head, proposed, baseRef, by, bypass, stood, result, mergedAt }: UnpassedMerge): Line {
  const since = result === null ? '' : `; since then: ${result}`;
  const other = proposed === null ? [] : ['; proposed last was another commit, ', code(proposed.slice(0, 12))];
  return line(
    ...(number === null ? [strong('Push'), ' of '] : [strong(`#${number}`), ' at ']),
    ...[code(head.slice(0, 12)), number === null ? ' to ' : ' into ', code(baseRef.replace('refs/heads/', '')), ' by '],
    code(by === '' ? 'somebody' : by),
    `: ${stoodAs[stood]} when it was ${number === null ? 'pushed' : 'merged'} (${utc(mergedAt.toISOString())})${since}`,
    ...other,
    ...(bypass ? ['; the host says that a rule was passed over'] : []),
  );
}
