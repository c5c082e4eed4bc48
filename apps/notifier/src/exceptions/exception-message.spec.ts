import { describe, expect, it } from '@jest/globals';
import { make, WaiverMatches, type WaiverEnd } from '@throughline/contracts';
import { mailMessage } from '../rendering/mail-message.ts';
import { eventType } from '../rendering/event-message.ts';
import { hostileTexts } from '../text/fixtures/hostile.ts';
import { endedMessage, endingMessage } from './exception-message.ts';
import type { SameReason } from './exception-rows.ts';
import { noticeAt } from './exception-notice.ts';
import { endedException, grantedException } from './fixtures/exceptions.ts';

const about = {
  revision: 2,
  application: { name: 'payments-api', team: 'payments', owners: ['barbara', 'margaret'] },
  publicUrl: 'https://tl.example',
};
const ended = (because: WaiverEnd, note?: string) =>
  endedMessage({ ...about, granted: grantedException(), ended: endedException({ because, ...(note !== undefined && { note }) }) });

describe('the message before an exception ends', () => {
  const message = endingMessage({ ...about, granted: grantedException() });

  it('names what ends and when in its subject', () => {
    expect(message.subject).toBe('Exception W-31 ends on 2026-12-15 (payments-api, CVE-2021-44228)');
    expect(eventType(message, true)).toBe('exception.ending');
  });

  it('names who asked, who approved, who answers for it and who owns the application', () => {
    const { text } = mailMessage(message);

    for (const said of [
      'Asked for by ada, approved by linus',
      'Answers for it: grace',
      'Owns payments-api: team payments, barbara, margaret',
    ])
      expect(text).toContain(said);
    expect(text).toContain('Accepted because: no input reaches it');
    expect(text).toContain('It leans on: lookups are off by JVM flag');
    expect(text).toContain('https://tl.example/waivers/0192f000-0000-7000-8000-000000000031');
  });
});

describe('the message when an exception has ended', () => {
  it.each<[WaiverEnd, string, string]>([
    ['expired', 'Exception W-31 has ended: its time is over (payments-api, CVE-2021-44228)', 'P3'],
    ['revoked', 'Exception W-31 has ended: it was revoked (payments-api, CVE-2021-44228)', 'P4'],
    ['known_exploited', 'Exception W-31 has ended: its reason no longer holds (payments-api, CVE-2021-44228)', 'P2'],
    ['fix_available', 'Exception W-31 has ended: its reason no longer holds (payments-api, CVE-2021-44228)', 'P3'],
    ['edited', 'Exception W-31 holds no longer: it was changed, and waits for its approval (payments-api, CVE-2021-44228)', 'P4'],
  ])('says why: %s', (because, subject, priority) => {
    expect(ended(because)).toMatchObject({ subject, priority, notice: 'exception.ended' });
  });

  it('tells what happened, and what there is to do about it', () => {
    const { text } = mailMessage(ended('known_exploited', 'CVE-2021-44228 is known to be exploited'));

    expect(text).toContain('Why it ended\n - CVE-2021-44228 is known to be exploited');
    expect(text).toContain('Ended at 2026-12-15 12:00 UTC by throughline');
    expect(text).toContain(' 1. Mend it now');
    expect(text).not.toContain('ask for a new one');
  });

  describe('where others rest on the same reason', () => {
    const with_ = (others: SameReason, because: WaiverEnd = 'known_exploited') =>
      mailMessage(endedMessage({ ...about, granted: grantedException(), ended: endedException({ because }), others })).text;

    it('says how many, names those of its application, and links them all', () => {
      const text = with_({ labels: ['W-12', 'W-19'], own: 2, elsewhere: 1 });

      expect(text).toContain('Yours to decide');
      expect(text).toContain('3 other exceptions rest on the same reason: W-12, W-19 of payments-api, and 1 of other applications');
      expect(text).toContain('https://tl.example/waivers?premise=lookups+are+off+by+JVM+flag&state=granted');
    });

    it('counts those that it has no room for', () => {
      expect(with_({ labels: ['W-12'], own: 31, elsewhere: 0 })).toContain(
        '31 other exceptions rest on the same reason: W-12 and 30 more of',
      );
      expect(with_({ labels: [], own: 0, elsewhere: 1 })).toContain('1 other exception rests on the same reason: 1 of other applications');
    });

    it.each(['edited', 'refused'] as const)('says nothing of them when it was %s: that says nothing of the reason', (because) => {
      expect(with_({ labels: ['W-12'], own: 1, elsewhere: 0 }, because)).not.toContain('same reason');
    });

    it('says nothing when there are none', () => {
      expect(with_({ labels: [], own: 0, elsewhere: 0 })).not.toContain('same reason');
    });
  });

  it('is told also of one of which nothing more is known', () => {
    const message = endedMessage({ ...about, granted: undefined, ended: endedException() });

    expect(message.subject).toBe('Exception W-31 has ended: its time is over (payments-api)');
    expect(mailMessage(message).text).toContain('Answers for it: grace');
  });

  it('is another message after the exception was granted anew', () => {
    const again = endedMessage({ ...about, revision: 4, granted: grantedException(), ended: endedException() });

    expect(again.alert).not.toBe(ended('expired').alert);
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text] as const))('stays words: %j', (_name, text) => {
    const granted = grantedException({
      reason: text,
      premise: text,
      owner: text,
      requestedBy: text,
      matches: make(WaiverMatches, { rule: text }),
    });

    const { subject, html } = mailMessage(endedMessage({ ...about, granted, ended: endedException({ note: text, by: text }) }));

    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toMatch(/<(?:script|img|iframe|style)/i);
  });
});

describe('the time of the notice', () => {
  const noticeDays = (days: number): number | undefined => {
    const [from, end] = ['2026-11-17T12:00:00.000Z', Date.parse('2026-11-17T12:00:00.000Z') + days * 86_400_000];
    const at = noticeAt({ from, until: new Date(end).toISOString() });
    return at && (end - at.getTime()) / 86_400_000;
  };

  it('is a week before, a day before a short one, and never for less than two days', () => {
    expect([90, 14, 13, 2, 1].map(noticeDays)).toEqual([7, 7, 1, 1, undefined]);
  });
});
