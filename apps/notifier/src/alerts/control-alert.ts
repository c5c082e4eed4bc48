import { createHash } from 'node:crypto';
import { AlertOpened, keys, make, uuidv7, type NewFact } from '@throughline/contracts';
import { line, type AlertMessage } from '../channels/message.ts';
import type { AlertRow } from './alert-rows.ts';
import type { AlertStory } from './story.ts';
import { utc } from './words.ts';

/** What alerts are told by that are not about one commit, but about a control that does not act as it should. */
interface Told {
  /** What there is while it lasts, after priority and title. */
  readonly what: string;
  /** Why it ended, where nobody said so. */
  readonly ended: string;
  readonly sections: AlertMessage['sections'];
  readonly links?: AlertMessage['links'];
}

/** All of one kind about the same is one alert. */
export function controlFingerprint(kind: string, about: string): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, about]))
    .digest('hex');
}

/** A new alert of no commit: a decision about one has an alert of its own. */
export function controlAlert(
  given: Pick<AlertRow, 'kind' | 'priority' | 'severity' | 'title' | 'application' | 'repository' | 'line'>,
  about: string,
  at: Date,
): AlertRow {
  return {
    ...{ id: uuidv7(at.getTime()), fingerprint: controlFingerprint(given.kind, about), state: 'open', ...given },
    ...{ commit: '', causes: [], since: at, acknowledgedBy: null, resolvedBy: null, resolution: null },
  };
}

/** The fact about an alert of a repository, with the commit that it began with. */
export function controlOpened({ id, fingerprint, priority, title, application, repository, since }: AlertRow, commit: string): NewFact {
  const named = { alert: id, fingerprint, kind: 'control' as const, priority, title: title.slice(0, 300), application };
  const causes = [keys.commit(repository, commit)];
  return { deliveryKey: `${id} opened`, fact: make(AlertOpened, { ...named, repository, commit, causes, since: since.toISOString() }) };
}

export function controlMessage(story: AlertStory, { what, ended, sections, links = [] }: Told): AlertMessage {
  const { alert, state, priority, severity, title, since, resolution, acknowledgedBy } = story;
  const resolved = state === 'resolved';
  const acknowledged = state === 'acknowledged' ? ` · ACKNOWLEDGED by ${acknowledgedBy ?? 'somebody'}` : '';
  const upper = ended[0]!.toUpperCase() + ended.slice(1);
  return {
    ...{ kind: 'alert', alert, state, priority, severity, since },
    application: story.application.name,
    subject: title,
    headline: resolved ? `RESOLVED  ${title}` : `${priority}  ${title}${acknowledged}`,
    summary: resolved ? `${title}. Resolved: ${resolution ?? ended}` : `${priority} ${title}. ${what}`,
    standing: line(`Since ${utc(since)}`),
    sections: resolved ? [{ title: 'What ended it', lines: [line(resolution ?? upper)] }] : sections,
    footer: line(`alert ${alert}`),
    links,
  };
}
