import { code, line, strong, type AlertMessage, type Line } from '../channels/message.ts';
import type { AlertRow } from './alert-rows.ts';
import { controlAlert, controlMessage } from './control-alert.ts';
import type { AlertStory } from './story.ts';
import { count, utc } from './words.ts';

export const gateBypassKind = 'gate-bypassed';

/** A change request that was merged although the change gate had not let it pass. */
export interface UnpassedMerge {
  readonly repository: string;
  readonly number: number;
  readonly head: string;
  readonly baseRef: string;
  readonly by: string;
  /** The host says that a rule of the branch was passed over. */
  readonly bypass: boolean;
  /** How it stood when it was merged. */
  readonly stood: 'pending' | 'undecided' | 'deny' | 'released';
  /** What was decided since. */
  readonly result: string | null;
  readonly mergedAt: Date;
  readonly alert: string | null;
}

/** Nobody has to look at it any more: nothing was known when it was merged, and now it is known to pass. */
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
  const title = `${name}: merged past the change gate`;
  return controlAlert({ kind: gateBypassKind, ...bad, title, application, repository, line: 'merge' }, repository, at);
}

/** Tells it: what was merged, by whom, how it stood, and how to shut the door. */
export function gateBypassMessage(story: AlertStory, merges: readonly UnpassedMerge[]): AlertMessage {
  const many = count(merges.length, 'change was merged', 'changes were merged');
  return controlMessage(story, { what: `${many} without a pass`, ended: 'ended', sections: sectionsOf(merges) });
}

function sectionsOf(merges: readonly UnpassedMerge[]): AlertMessage['sections'] {
  return [
    { title: 'What we know', lines: merges.map(lineOf) },
    {
      title: 'Do now',
      numbered: true,
      lines: [
        line('Look at what blocks it, and mend it on the branch, or take the merge back'),
        line('Ask who merged it: there is an exception to be asked for where a risk can be taken'),
        line('Let the branch require the check, also of administrators: the source says where it does not (protection)'),
      ],
    },
    { title: 'What we do not know', lines: [line('Whether the merge was built or deployed already: look at its chain')] },
  ];
}

const stoodAs = { pending: 'not judged yet', undecided: 'not decided', deny: 'blocked', released: 'released unjudged' } as const;

function lineOf({ number, head, baseRef, by, bypass, stood, result, mergedAt }: UnpassedMerge): Line {
  const since = result === null ? '' : `; since then: ${result}`;
  return line(
    ...[strong(`#${number}`), ' at ', code(head.slice(0, 12)), ' into ', code(baseRef.replace('refs/heads/', '')), ' by '],
    ...[code(by === '' ? 'somebody' : by), `: ${stoodAs[stood]} when it was merged (${utc(mergedAt.toISOString())})`],
    `${since}${bypass ? '; the host says that a rule was passed over' : ''}`,
  );
}
