import { describe, expect, it } from '@jest/globals';
import { FindingsEvaluated, make, received, repositoryOf, uuidv7 } from '@throughline/contracts';
import { applicationOf, streamEvent } from './summary.ts';

const subject = { repository: 'host/a/b', commit: 'a'.repeat(40), ref: 'refs/heads/main' };
const fact = received(
  make(FindingsEvaluated, {
    subject,
    seq: 1,
    tool: 'bandit',
    ruleset: 'x'.repeat(400),
    finds: ['code'],
    outcome: 'evaluated',
    application: 'shop',
    revision: 1,
    present: [],
    totals: { critical: 0, high: 1, medium: 0, low: 0, info: 0 },
    opened: 1,
    reopened: 0,
    resolved: 0,
    unchanged: 0,
    notEvaluated: [],
    licences: [],
  }),
  {
    id: uuidv7(),
    source: '/throughline/ledger',
    type: 'dev.throughline.findings.evaluated.v1',
    subject: 'host/a/b@a',
    time: '2026-01-01T00:00:00Z',
    traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
  },
);

describe('what the stream tells of a fact', () => {
  it('is who and what, with its short fields and those of its subject', () => {
    const event = streamEvent(fact, 'shop');

    expect(event).toMatchObject({ type: 'findings.evaluated', subject: 'host/a/b@a', application: 'shop', traceId: 'c'.repeat(32) });
    expect(event.summary).toMatchObject({ tool: 'bandit', opened: 1, ...subject });
    expect(Object.keys(event.summary)).not.toEqual(expect.arrayContaining(['ruleset']));
    expect(event.summary).not.toHaveProperty('present');
  });

  it('knows what it is about', () => {
    expect(applicationOf(fact)).toBe('shop');
    expect(repositoryOf(fact)).toBe('host/a/b');
    expect(repositoryOf({ delivery: 'd' })).toBeUndefined();
  });
});
