import type { AlertRow } from './alert-rows.ts';
import { heldRecordMessage, nextHeldRecordAlert } from './held-record-alert.ts';
import type { AlertStory } from './story.ts';

const at = new Date('2026-11-17T15:00:00Z');
const held = { dead: 2, latest: '2026-11-17T14:59:00.000Z', consumer: 'ledger.findings', error: 'Error: no such column' };
const none = { dead: 0 };

function alertOf(next: ReturnType<typeof nextHeldRecordAlert>): AlertRow {
  if (next.change === 'none') throw new Error('there is no alert');
  return next.alert;
}

const open = alertOf(nextHeldRecordAlert(undefined, 'ledger', held, at));

describe('the alert about records that a service gave up', () => {
  it('opens with the first, stays one with the next, and ends by itself when none is left', () => {
    expect(nextHeldRecordAlert(undefined, 'ledger', none, at).change).toBe('none');
    expect(open).toMatchObject({ state: 'open', kind: 'held-record', title: 'ledger: records could not be handled' });
    expect(nextHeldRecordAlert(open, 'ledger', { ...held, dead: 3 }, at)).toEqual({ change: 'enriched', alert: open });
    expect(nextHeldRecordAlert(open, 'ledger', none, at)).toMatchObject({ change: 'resolved', alert: { state: 'resolved', id: open.id } });
  });

  it('opens again after a person ended it only for what was given up since', () => {
    const ended = { ...open, state: 'resolved' as const, resolvedBy: 'ada', resolvedAt: at };

    expect(nextHeldRecordAlert(ended, 'ledger', held, at).change).toBe('none');
    expect(nextHeldRecordAlert(ended, 'ledger', { ...held, latest: '2026-11-17T15:00:01.000Z' }, at).change).toBe('opened');
  });

  it('opens again after it ended by itself', () => {
    const ended = { ...open, state: 'resolved' as const, resolvedBy: null, resolvedAt: at };

    expect(nextHeldRecordAlert(ended, 'ledger', held, at).change).toBe('opened');
  });

  it('says how many, why the last failed, and what to do', () => {
    const { id, title, state, priority, severity } = open;
    const change = { repository: '', line: 'ledger', commit: '' };
    const story: AlertStory = {
      ...{ alert: id, title, state, priority, severity, change, since: at.toISOString() },
      ...{ application: { name: 'unassigned' }, decisions: [], fixes: [], publicUrl: 'https://tl.example' },
    };

    const message = heldRecordMessage(story, held);

    expect(message.summary).toBe('P3 ledger: records could not be handled. 2 records wait for a person');
    expect(message.links).toEqual([{ text: 'held records', href: 'https://tl.example/api/v1/held-records/ledger' }]);
    expect(JSON.stringify(message.sections)).toContain('Error: no such column');
    expect(message.sections.map((section) => section.title)).toEqual(['What we know', 'Do now', 'What we do not know']);
  });
});
