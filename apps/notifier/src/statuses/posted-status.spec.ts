import { describe, expect, it } from '@jest/globals';
import { make, StatusPosted } from '@throughline/contracts';
import type { StatusMessage } from '../channels/message.ts';
import { echoOf } from './posted-status.ts';

const place = { repository: 'git.example/acme/shop', commit: 'c'.repeat(40) };
const message = (state: StatusMessage['state'], description: string): StatusMessage => ({
  ...{ kind: 'status', ...place, application: 'shop', state, description, link: `https://tl.example/${description.length}` },
});
const posted = (state: StatusPosted['state'], { description, link: url }: StatusMessage, more: Partial<StatusPosted> = {}): StatusPosted =>
  make(StatusPosted, { ...place, state, description, url, by: 'somebody', ...more });

const pending = message('pending', 'Scanning: the decision follows');
const passed = message('passed', 'Passed');
const blocked = message('blocked', 'Blocked: log4j-core');

describe('a status that somebody wrote under our name', () => {
  it.each([
    ['what we said last', posted('failed', blocked), [blocked, pending]],
    ['what we said before, coming back late', posted('pending', pending), [blocked, pending]],
    ['a pass, before a pass with other words', posted('passed', passed), [message('passed', 'Passed with 1 warning'), passed]],
    ['anything beside a commit that we said nothing about', posted('passed', passed), []],
  ])('is ours: %s', (_, fact, said) => {
    expect(echoOf(fact, said)).toBe('ours');
  });

  it.each([
    ['a pass where we block', posted('passed', blocked), [blocked, pending]],
    ['a pass while we wait', posted('passed', pending), [pending]],
    ['a block where we pass', posted('failed', passed), [passed, pending]],
    ['our state with other words', posted('failed', message('blocked', 'Ask me for a waiver')), [blocked]],
    ['our words with another link', posted('failed', blocked, { url: 'https://evil.example' }), [blocked]],
    ['our words as the check run of another App', posted('failed', blocked, { app: '15368' }), [blocked]],
  ])('is of somebody else: %s', (_, fact, said) => {
    expect(echoOf(fact, said)).toBe('other');
  });

  it('is outdated when it repeats a pass of ours where we block now', () => {
    expect(echoOf(posted('passed', passed), [blocked, passed, pending])).toBe('outdated');
  });
});
