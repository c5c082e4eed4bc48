import { describe, expect, it } from '@jest/globals';
import { protectionStates } from '@throughline/contracts';
import { foundOf, remedyOf, standingOf } from './protection-words.ts';

describe('the protection of a default branch, in words', () => {
  it.each([
    ['github', 'main takes changes only with the check throughline, and only from our App.'],
    ['gitea', 'main takes changes only with the check throughline.'],
    ['gitlab', 'main takes merge requests only with a pipeline that succeeds, which our status is part of.'],
  ])('says of %s no more than it knows', (host, words) => {
    expect(foundOf({ state: 'right', branch: 'main', host })).toBe(words);
    expect(remedyOf({ state: 'right', branch: 'main', host })).toBeUndefined();
  });

  it('looks good only where it is right', () => {
    expect(protectionStates.filter((state) => standingOf(state).tone === 'good')).toEqual(['right']);
  });

  it.each(['not_required', 'anybody', 'another_app', 'passed_over', 'unknown', 'not_looked'] as const)(
    'says what to do when it is %s',
    (state) => {
      for (const host of ['github', 'gitlab', 'gitea', 'bitbucket', undefined])
        expect(remedyOf({ state, ...(host !== undefined && { host }) })).toMatch(/^At .*\.$|^Give .*\.$|^Use .*\.$|^Look .*\.$/);
    },
  );

  it('names the setting of the host that has to be changed', () => {
    expect(remedyOf({ state: 'not_required', host: 'gitlab' })).toContain('Pipelines must succeed');
    expect(remedyOf({ state: 'unknown', host: 'github' })).toContain('Contents read');
    expect(remedyOf({ state: 'not_required', host: 'constructor' })).not.toContain('function');
  });

  it('asks for nothing while it waits for the first look', () => {
    expect(remedyOf({ state: 'waiting', host: 'github' })).toBeUndefined();
  });
});
