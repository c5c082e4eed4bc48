import { code, line, strong, type AlertMessage, type Line } from '../channels/message.ts';
import type { AlertRow } from './alert-rows.ts';
import { controlAlert, controlMessage } from './control-alert.ts';
import type { AlertStory } from './story.ts';
import { count, utc } from './words.ts';

export const foreignStatusKind = 'foreign-status';

/** What somebody else wrote under our name beside one commit. */
export interface ForeignStatus {
  readonly commit: string;
  readonly by: string;
  readonly state: string;
  /** What we had said. */
  readonly ours: string;
  readonly times: number;
  readonly lastAt: Date;
}

/** A new alert; a status that passes where we do not is the worse one. */
export function foreignStatusAlert(
  repository: string,
  application: string,
  status: Pick<ForeignStatus, 'state' | 'ours'>,
  at: Date,
): AlertRow {
  const opens = status.state === 'passed' && status.ours !== 'passed';
  const name = repository.split('/').slice(-2).join('/');
  const title = `${name}: somebody else wrote our check`;
  const grave = opens ? ({ priority: 'P2', severity: 'high' } as const) : ({ priority: 'P3', severity: 'medium' } as const);
  return controlAlert({ kind: foreignStatusKind, ...grave, title, application, repository, line: 'check' }, repository, at);
}

/** Tells it: beside which commits, who, and how to shut the door. */
export function foreignStatusMessage(story: AlertStory, found: readonly ForeignStatus[]): AlertMessage {
  const many = count(found.length, 'commit bears', 'commits bear');
  return controlMessage(story, { what: `${many} a status that is not ours`, ended: 'ended', sections: sectionsOf(found) });
}

function sectionsOf(found: readonly ForeignStatus[]): AlertMessage['sections'] {
  return [
    { title: 'What we know', lines: found.map(lineOf) },
    {
      title: 'Do now',
      numbered: true,
      lines: [
        line('Ask who is named above: whoever may write to the repository may write a commit status of any name'),
        line('Look whether one of these commits was merged meanwhile'),
        line('Where the host can do it, require the check from our App only (GitHub: branch protection, the source of the status check)'),
      ],
    },
    { title: 'What we do not know', lines: [line('Whether the status was written on purpose, or by a tool with a copied name')] },
  ];
}

function lineOf({ commit, by, state, ours, times, lastAt }: ForeignStatus): Line {
  const again = times > 1 ? `, ${times} times` : '';
  const who = by === '' ? 'somebody' : by;
  return line(
    strong(state),
    ' beside ',
    code(commit.slice(0, 12)),
    ' by ',
    code(who),
    `${again}; we say ${ours}, and said it again (${utc(lastAt.toISOString())})`,
  );
}
