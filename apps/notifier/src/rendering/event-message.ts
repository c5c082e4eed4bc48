import { wordsOf, type AlertMessage } from '../channels/message.ts';
import { json } from '../text/json.ts';

/** Standard Webhooks 1.0.0 advises bodies below 20 kB. */
const maxBytes = 20_000;

export type AlertEventType =
  'alert.opened' | 'alert.updated' | 'alert.acknowledged' | 'alert.resolved' | 'channel.tested' | NonNullable<AlertMessage['notice']>;

/** Which event a message is, for programs. */
export function eventType(message: AlertMessage, first: boolean): AlertEventType {
  if (message.trial) return 'channel.tested';
  if (message.notice) return message.notice;
  if (message.state === 'resolved') return 'alert.resolved';
  if (first) return 'alert.opened';
  return message.state === 'acknowledged' ? 'alert.acknowledged' : 'alert.updated';
}

/** The body of an event (Standard Webhooks: type, timestamp, data). Sections that would exceed the size are left out and counted. */
export function eventBody(message: AlertMessage, type: AlertEventType, at: Date): string {
  const sections = message.sections.map(({ title, lines }) => ({ title, lines: lines.map(wordsOf) }));
  for (let kept = sections.length; kept > 0; kept--) {
    const body = bodyWith(message, type, at, sections.slice(0, kept), sections.length - kept);
    if (Buffer.byteLength(body) <= maxBytes) return body;
  }
  return bodyWith(message, type, at, [], sections.length);
}

function bodyWith(message: AlertMessage, type: AlertEventType, at: Date, sections: readonly object[], leftOut: number): string {
  return json({
    type,
    timestamp: at.toISOString(),
    data: {
      id: message.alert,
      state: message.state,
      priority: message.priority,
      severity: message.severity,
      application: message.application,
      title: message.subject,
      summary: message.summary,
      since: message.since,
      url: message.page,
      sections,
      ...(leftOut > 0 && { sectionsLeftOut: leftOut }),
      links: Object.fromEntries(message.links.map((link) => [link.text, link.href])),
    },
  });
}
