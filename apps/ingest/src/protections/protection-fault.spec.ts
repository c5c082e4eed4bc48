import { describe, expect, it } from '@jest/globals';
import type { RequiredCheck } from '@throughline/scm';
import { protectionFault } from './protection-fault.ts';

describe('the protection of a branch', () => {
  it.each([
    ['of our App', { required: true, apps: ['7'] }, '7'],
    ['of ours beside another', { required: true, apps: ['5', '7'] }, '7'],
    ['at a host that knows no Apps', { required: true }, undefined],
  ])('is well when it requires the check %s', (_what, seen, app) => {
    expect(protectionFault('main', seen, app)).toBeUndefined();
  });

  it.each([
    ['nothing requires it', { required: false, apps: [] }, '7', 'not_required', /without the check throughline/],
    ['anybody may say it', { required: true, apps: [] }, '7', 'anybody', /from anybody .* choose our App there/],
    ['anybody may say it, and there is no App', { required: true, apps: [] }, undefined, 'anybody', /from anybody .* make an App/],
    [
      'another App has to say it',
      { required: true, apps: ['5'] },
      '7',
      'another_app',
      /from the App 5 only, and the App of this source is 7/,
    ],
    [
      'administrators are spared',
      { required: true, apps: ['7'], exempt: ['administrators'] },
      '7',
      'passed_over',
      /but not of administrators of/,
    ],
    [
      'pushes need it as little as administrators',
      { required: true, exempt: ['administrators', 'pushes'] },
      undefined,
      'passed_over',
      /not of administrators of the repository, nor of those who push to it directly$/,
    ],
    [
      'anybody may say it, which is worse',
      { required: true, apps: [], exempt: ['administrators'] },
      '7',
      'anybody',
      /choose our App there/,
    ],
    ['an App has to say it, and there is none', { required: true, apps: ['5'] }, undefined, 'another_app', /this source has no App/],
  ] satisfies [string, RequiredCheck, string | undefined, string, RegExp][])('is not when %s', (_what, seen, app, state, words) => {
    expect(protectionFault('main', seen, app)).toEqual({ state, detail: expect.stringMatching(words) });
  });
});
