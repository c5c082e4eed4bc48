import { describe, expect, it } from '@jest/globals';
import { inVers } from './vers.ts';

describe('inVers', () => {
  it.each([
    ['vers:npm/>=1.0.0|<2.0.0', ['1.0.0', '1.9.9'], ['0.9.0', '2.0.0']],
    ['vers:npm/<1.0.0|>=2.0.0|<=2.5.0|>3.0.0', ['0.1.0', '2.0.0', '2.5.0', '3.0.1'], ['1.0.0', '1.5.0', '2.6.0', '3.0.0']],
    ['vers:pypi/1.0|2.0', ['1.0.0', '2.0'], ['1.5']],
    ['vers:npm/>1.0.0|!=1.2.0', ['1.1.0'], ['1.0.0', '1.2.0']],
    ['vers:npm/!=1.2.0', ['1.0.0'], ['1.2.0']],
    ['vers:npm/*', ['1.0.0'], []],
  ])('%s', (range, inside, outside) => {
    expect(inside.map((version) => inVers(range, version))).toEqual(inside.map(() => true));
    expect(outside.map((version) => inVers(range, version))).toEqual(outside.map(() => false));
  });

  it.each(['', 'npm/>=1', 'vers:npm/', 'vers:conan/>1.0', 'vers:npm/>=', 'vers:npm/>=1|%zz'])('cannot read %j', (range) => {
    expect(inVers(range, '1.0.0')).toBeUndefined();
  });
});
