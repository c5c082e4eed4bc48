import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { EventStream, positionOf } from './event-stream.ts';
import type { FeedRow } from './feed.ts';
import type { Reader } from './visible.ts';

const reader = (fields: Partial<Reader['grants'][number]> = {}): Reader => ({ grants: [{ rights: ['*'], applications: '*', ...fields }] });
const row = (tx: number, position: number, fields: Partial<FeedRow> = {}): FeedRow => ({
  tx: String(tx),
  position: String(position),
  day: '2026-01-08',
  type: 'decision.made',
  application: 'shop',
  data: '{}',
  ...fields,
});

function open(identity = reader()) {
  let text = '';
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const stream = new EventStream(out, identity, { tx: '10', position: '5', day: '2026-01-08' });
  return { stream, text: () => text, ids: () => [...text.matchAll(/^id: (.*)-2026-01-08$/gm)].map(([, id]) => id) };
}

describe('an event stream', () => {
  it('begins after where the reader stopped, and shows each line once and in order', () => {
    const { stream, ids } = open();

    stream.live([row(12, 1)]);
    stream.catchUp([row(10, 4), row(10, 6), row(11, 2)]);
    stream.live([row(11, 2), row(12, 2)]);
    stream.caughtUp();
    stream.live([row(12, 2), row(13, 1)]);

    expect(ids()).toEqual(['10-6', '11-2', '12-1', '12-2', '13-1']);
  });

  it('compares transactions as numbers', () => {
    const { stream, ids } = open();
    stream.caughtUp();

    stream.live([row(99, 1), row(100, 1)]);

    expect(ids()).toEqual(['99-1', '100-1']);
  });

  it('shows only what the reader may see, as it is now', () => {
    const { stream, ids } = open(reader({ rights: ['decisions:read'], applications: ['shop'] }));
    stream.caughtUp();

    stream.live([row(11, 1), row(11, 2, { application: 'pay' }), row(11, 3, { type: 'alert.opened' }), row(11, 4, { type: 'unheard.of' })]);
    stream.becomes(reader({ rights: [] }));
    stream.live([row(11, 5)]);

    expect(ids()).toEqual(['11-1']);
  });

  it('tells where it begins, and moves on over what is not for the reader', () => {
    const { stream, ids } = open(reader({ rights: [] }));

    stream.begin(new Date('2026-01-15T12:00:00Z'));
    stream.caughtUp();
    stream.live([row(12, 7)]);
    stream.beat();

    expect(ids()).toEqual(['10-5', '12-7']);
  });

  it.each([
    ['a week, to the day', '2026-01-15T23:59:59Z', false],
    ['longer than lines are kept', '2026-01-16T00:00:00Z', true],
  ])('says to a reader that was away for %s whether something may be missing', (_what, now, gap) => {
    const { stream, text } = open();

    stream.begin(new Date(now));

    expect(text().includes('event: stream.gap\ndata: {"since":"2026-01-08"}\n\n')).toBe(gap);
  });

  it('cuts off a reader that does not keep up', () => {
    const out = new PassThrough({ highWaterMark: 10 });
    const stream = new EventStream(out, reader(), { tx: '10', position: '5', day: '2026-01-08' });
    stream.caughtUp();

    for (let at = 1; at < 60; at += 1) stream.live([row(11, at, { data: 'x'.repeat(50_000) })]);

    expect(out.destroyed).toBe(true);
  });
});

describe('Last-Event-ID', () => {
  it('is where to go on', () => {
    expect(positionOf('12-34-2026-01-08')).toEqual({ tx: '12', position: '34', day: '2026-01-08' });
  });

  it.each([undefined, '', '12', '12-', 'a-b', '1-1', "1-1-2026-01-08' or 1", '99999999999999999999-1-2026-01-08', ['1-1', '2-2']])(
    'is ignored when it is %j',
    (id) => {
      expect(positionOf(id)).toBeUndefined();
    },
  );
});
