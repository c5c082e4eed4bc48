import { line, strong, type AlertMessage } from './message.ts';

/** What a channel is tried with. */
export function trialMessage(channel: string, by: string, at: Date): AlertMessage {
  const text = `Test of the channel ${channel}`;
  return {
    kind: 'alert',
    trial: true,
    alert: `test-${channel}-${at.getTime()}`,
    state: 'open',
    priority: 'P4',
    severity: 'info',
    application: 'unassigned',
    subject: text,
    headline: text,
    summary: `${text}. Nothing happened.`,
    standing: line('Sent by ', strong(by), ' to try the channel. Nothing happened, nothing is to be done.'),
    sections: [],
    footer: [],
    links: [],
    since: at.toISOString(),
  };
}
