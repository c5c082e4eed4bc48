import { describe, expect, it } from '@jest/globals';
import { verdictsOf } from './matching.ts';

const statement = (
  advisory: string,
  ranges: readonly object[],
): { advisory: string; ecosystem: string; name: string; entries: string } => ({
  advisory,
  ecosystem: 'npm',
  name: 'x',
  entries: JSON.stringify([{ package: { ecosystem: 'npm', name: 'x' }, ranges }]),
});
const versions = ['1.0.0', '2.0.0', 'file:../x'].map((version, index) => ({ id: String(index), ecosystem: 'npm', name: 'x', version }));

describe('verdictsOf', () => {
  it('keeps what is affected and what cannot be told, nothing else', () => {
    const verdicts = verdictsOf([statement('a', [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }])], versions);

    expect(verdicts).toEqual([
      { version: '0', advisory: 'a', unknown: false },
      { version: '2', advisory: 'a', unknown: true },
    ]);
  });

  it('passes over a statement that only speaks of commits, except for versions that nobody can place', () => {
    const verdicts = verdictsOf([statement('a', [{ type: 'GIT', events: [{ introduced: '0' }] }])], versions);

    expect(verdicts).toEqual([{ version: '2', advisory: 'a', unknown: true }]);
  });

  it('compares only versions of the package it is about', () => {
    const other = { id: '9', ecosystem: 'npm', name: 'y', version: '1.0.0' };

    expect(verdictsOf([statement('a', [{ type: 'SEMVER', events: [{ introduced: '0' }] }])], [other])).toEqual([]);
  });
});
