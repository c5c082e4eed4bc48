import { describe, expect, it } from '@jest/globals';
import { contentDigest, newsOf, wordsOf, type AlertMessage } from '../channels/message.ts';
import { alertMessage } from './alert-message.ts';
import { deniedDecision, deniedStory } from './fixtures/denied-push.ts';

const section = (message: AlertMessage, title: string): readonly string[] =>
  message.sections.find((candidate) => candidate.title === title)?.lines.map(wordsOf) ?? [];

describe('alertMessage', () => {
  it('leads people to pages, never to raw data', () => {
    const { links, page, sections } = alertMessage(deniedStory());
    const inLines = sections.flatMap(({ lines }) => lines.flatMap((line) => line.flatMap(({ href }) => href ?? [])));

    expect(links.slice(0, 4).map(({ text, href }) => [text, new URL(href).pathname.split('/')[1]])).toEqual([
      ['why', 'alerts'],
      ['chain', 'chains'],
      ['change decision', 'decisions'],
      ['trace', 'chains'],
    ]);
    expect(inLines.map((href) => new URL(href).pathname.split('/')[1])).toEqual(['fixes']);
    expect(page).toBe(links[0]!.href);
  });

  it('counts findings that no reason names', () => {
    const [first] = deniedDecision().reasons;
    const message = alertMessage(deniedStory({ decisions: [deniedDecision({ reasons: [{ ...first!, total: 40 }] })] }));

    expect(message.summary).toContain('40 findings block');
    expect(section(message, 'What we know').at(-1)).toBe('and 36 more');
  });

  it('leaves the advice out that a proposed fix answers', () => {
    expect(section(alertMessage(deniedStory()), 'Do now')).toEqual([
      'Raise lodash from 4.17.11 to 4.17.21: closes 4 findings (proposed edit)',
      'Use bound parameters in the queries',
      'Revoke the key, then take it out of the history',
    ]);
    expect(section(alertMessage(deniedStory({ fixes: [] })), 'Do now')).toContain('Raise the library to the fixed version');
  });

  it('says what is not known', () => {
    const decisions = [deniedDecision({ result: 'undecided', reasons: [], missing: ['no advisory data for PyPI'] })];
    const message = alertMessage(deniedStory({ decisions, fixes: [], application: { name: 'unassigned' } }));

    expect(section(message, 'What we do not know')).toEqual([
      'no advisory data for PyPI',
      expect.stringContaining('belongs to no application'),
    ]);
    expect(section(message, 'Why it blocks')[0]).toBe('the change gate could not decide, and what is unknown does not pass');
    expect(section(message, 'Do now')).toHaveLength(1);
  });

  it('names who acknowledged it', () => {
    expect(alertMessage(deniedStory({ state: 'acknowledged', acknowledgedBy: 'Ada' })).headline).toContain('ACKNOWLEDGED by Ada');
  });
});

describe('contentDigest', () => {
  const digestOf = (over: Parameters<typeof deniedDecision>[0]): string =>
    contentDigest(alertMessage(deniedStory({ decisions: [deniedDecision(over)] })));

  it('is equal for a re-evaluation that changes nothing', () => {
    expect(digestOf({ decision: 'another', revision: 50, dataAsOf: '2026-11-18T06:00:00.000Z' })).toBe(digestOf({}));
  });

  it('differs when something else is said', () => {
    expect(digestOf({ reasons: deniedDecision().reasons.slice(1) })).not.toBe(digestOf({}));
  });

  it('is news only when it opens, gets another priority or ends', () => {
    const open = alertMessage(deniedStory());

    expect(newsOf(alertMessage(deniedStory({ fixes: [], state: 'acknowledged' })))).toBe(newsOf(open));
    expect(newsOf(alertMessage(deniedStory({ priority: 'P3' })))).not.toBe(newsOf(open));
    expect(newsOf(alertMessage(deniedStory({ state: 'resolved' })))).not.toBe(newsOf(open));
  });
});
