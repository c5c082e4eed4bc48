import type { HeldRecordsSummary, ServiceName } from '@throughline/contracts';
import { code, line, strong, type AlertMessage } from '../channels/message.ts';
import type { AlertRow } from './alert-rows.ts';
import { controlAlert, controlMessage } from './control-alert.ts';
import type { NextAlert } from './next-alert.ts';
import type { AlertStory } from './story.ts';
import { count, linkTo } from './words.ts';

export const heldRecordKind = 'held-record';

/**
 * The alert of what a service gave up: open while a person has to decide something, over when nothing is left. What a person
 * ended opens again for a record that was given up later, not for those that this person has seen.
 */
export function nextHeldRecordAlert(
  known: (AlertRow & { readonly resolvedAt?: Date }) | undefined,
  service: ServiceName,
  { dead, latest }: HeldRecordsSummary,
  at: Date,
): NextAlert {
  const current = known?.state === 'resolved' ? undefined : known;
  if (dead === 0) {
    if (!current) return { change: 'none' };
    return { change: 'resolved', alert: { ...current, state: 'resolved', resolvedBy: null, resolution: 'Nothing is held any more' } };
  }
  if (current) return { change: 'enriched', alert: current };
  const seen = known?.resolvedBy === null || known?.resolvedAt === undefined ? undefined : known.resolvedAt;
  if (seen && latest !== undefined && Date.parse(latest) <= seen.getTime()) return { change: 'none' };
  return { change: 'opened', alert: opened(service, at) };
}

function opened(service: ServiceName, at: Date): AlertRow {
  const title = `${service}: records could not be handled`;
  const of = { application: 'unassigned', repository: '', line: service };
  return controlAlert({ kind: heldRecordKind, priority: 'P3', severity: 'medium', title, ...of }, service, at);
}

/** Tells it: how many, what the last one failed with, and what there is to decide. */
export function heldRecordMessage(story: AlertStory, held: HeldRecordsSummary): AlertMessage {
  const many = count(held.dead, 'record waits', 'records wait');
  return controlMessage(story, {
    what: `${many} for a person`,
    ended: 'its cause is gone',
    sections: sectionsOf(story, held, many),
    links: [{ text: 'held records', href: linkTo(story.publicUrl, 'api', 'v1', 'held-records', story.change.line) }],
  });
}

function sectionsOf({ change }: AlertStory, { consumer, error }: HeldRecordsSummary, many: string): AlertMessage['sections'] {
  const known = [line(strong(many), ` for a person to decide${consumer === undefined ? '' : `; most of them in ${consumer}`}`)];
  if (error !== undefined) known.push(line('The last failed with ', code(error.slice(0, 300))));
  return [
    { title: 'What we know', lines: known },
    {
      title: 'Do now',
      numbered: true,
      lines: [
        line('Look at the cause: ', code(`GET /api/v1/held-records/${change.line}`)),
        line('When it is mended, handle all anew: ', code(`POST /api/v1/held-records/${change.line}/replays`)),
        line('Or correct one, or discard it: what it says then has no effect there'),
      ],
    },
    {
      title: 'What we do not know',
      lines: [line('What follows from these records is missing until they are handled; other records go on')],
    },
  ];
}
