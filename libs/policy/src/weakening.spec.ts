import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from './policy.ts';
import { loosens, unassigned } from './tolerance.ts';
import { weakens } from './weakening.ts';

const document: PolicyDocument = {
  name: 'p',
  description: 'p',
  gates: ['change', 'build'],
  mode: 'enforce',
  severity: 'high',
  failMode: 'closed',
  needs: ['secret'],
  each: 'findings',
  select: 'true',
  message: 'm',
  fix: 'f',
  controls: [],
  cases: [],
};

describe('weakens', () => {
  it.each<[Partial<PolicyDocument>, string]>([
    [{ mode: 'warn' }, 'mode enforce → warn'],
    [{ mode: 'audit' }, 'mode enforce → audit'],
    [{ failMode: 'open' }, 'fails open instead of closed'],
    [{ gates: ['change'] }, 'no longer bound to the build gate'],
    [{ needs: [] }, 'no longer needs secret'],
    [{ severity: 'low' }, 'severity high → low'],
    [{ warnOnly: 'true' }, 'warns where it used to block (warnOnly)'],
    [{ repositorySuppressions: 'allow' }, 'lets what repositories ask scanners not to say count unapproved (repositorySuppressions)'],
    [{ each: 'added' }, 'looks at added findings only'],
  ])('sees %j', (change, text) => {
    expect(weakens(document, { ...document, ...change })).toEqual([text]);
  });

  it('has nothing to say about what bites as much or more', () => {
    expect(weakens(document, { ...document, message: 'other', gates: ['change', 'build', 'deploy'] })).toEqual([]);
    expect(weakens({ ...document, mode: 'audit' }, document)).toEqual([]);
  });
});

describe('loosens', () => {
  it('sees a lower tier and a smaller exposure, and counts unknown as exposed', () => {
    const tier1 = { ...unassigned, tier: 'tier-1', exposure: 'internet' } as const;

    expect(loosens(tier1, { ...tier1, tier: 'tier-3' })).toEqual(['tier tier-1 → tier-3']);
    expect(loosens(tier1, { ...tier1, exposure: 'internal' })).toEqual(['exposure internet → internal']);
    expect(loosens(unassigned, { ...unassigned, exposure: 'internal' })).toHaveLength(1);
    expect(loosens(unassigned, tier1)).toEqual([]);
  });
});
