import { createHash } from 'node:crypto';
import { uuidv7 } from '@throughline/contracts';
import { code, line, strong, type AlertMessage, type Line } from '../channels/message.ts';
import type { AlertRow } from './alert-rows.ts';
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

/** All of one repository is one alert. */
export function foreignStatusFingerprint(repository: string): string {
  return createHash('sha256')
    .update(JSON.stringify([foreignStatusKind, repository]))
    .digest('hex');
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
  return {
    ...{ id: uuidv7(at.getTime()), fingerprint: foreignStatusFingerprint(repository), kind: foreignStatusKind, state: 'open' },
    ...{ priority: opens ? 'P2' : 'P3', severity: opens ? 'high' : 'medium', title: `${name}: somebody else wrote our check` },
    // Of no commit: a decision about one has an alert of its own.
    ...{ application, repository, line: 'check', commit: '', causes: [], since: at },
    ...{ acknowledgedBy: null, resolvedBy: null, resolution: null },
  };
}

/** Tells it: beside which commits, who, and how to shut the door. */
export function foreignStatusMessage(story: AlertStory, found: readonly ForeignStatus[]): AlertMessage {
  const { alert, state, priority, severity, title, since, resolution, acknowledgedBy } = story;
  const resolved = state === 'resolved';
  const acknowledged = state === 'acknowledged' ? ` · ACKNOWLEDGED by ${acknowledgedBy ?? 'somebody'}` : '';
  const many = count(found.length, 'commit bears', 'commits bear');
  return {
    ...{ kind: 'alert', alert, state, priority, severity, since },
    application: story.application.name,
    subject: title,
    headline: resolved ? `RESOLVED  ${title}` : `${priority}  ${title}${acknowledged}`,
    summary: resolved ? `${title}. Resolved: ${resolution ?? 'ended'}` : `${priority} ${title}. ${many} a status that is not ours`,
    standing: line(`Since ${utc(since)}`),
    sections: resolved ? [{ title: 'What ended it', lines: [line(resolution ?? 'Ended')] }] : sectionsOf(found),
    footer: line(`alert ${alert}`),
    links: [],
  };
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
