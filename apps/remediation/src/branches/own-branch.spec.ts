import { describe, expect, it } from '@jest/globals';
import { branchOf, isOwnRef, ownRef } from './own-branch.ts';

describe('the branch of a fix', () => {
  it('is the same however often it is approved, and another one for another fix and after it was taken back', () => {
    const fix = { proposal: '0199-a', name: 'lodash', to: '4.17.21', undone: 0 };

    expect(branchOf(fix)).toMatch(/^throughline\/lodash-4\.17\.21-[0-9a-f]{8}$/);
    expect(branchOf(fix)).toBe(branchOf({ ...fix }));
    expect(branchOf({ ...fix, proposal: '0199-b' })).not.toBe(branchOf(fix));
    expect(branchOf({ ...fix, undone: 1 })).toBe(`${branchOf(fix)}-2`);
  });

  it.each([
    ['@babel/traverse', '7.23.2', /^throughline\/babel-traverse-7\.23\.2-/],
    ['..', '..', /^throughline\/fix-/],
    ['x'.repeat(300), '1.0.0', /^throughline\/x{80}-/],
    ['Zope.Interface', '5.4+build.1', /^throughline\/zope\.interface-5\.4-build\.1-/],
  ])('of %s to %s is one that git and we allow', (name, to, expected) => {
    const branch = branchOf({ proposal: 'p', name, to, undone: 0 });

    expect(branch).toMatch(expected);
    expect(isOwnRef(ownRef(branch))).toBe(true);
  });
});

it.each(['main', 'refs/heads/main', 'throughline/../main'])('never writes %s', (branch) => {
  expect(() => ownRef(branch)).toThrow(/no branch of ours/);
});
