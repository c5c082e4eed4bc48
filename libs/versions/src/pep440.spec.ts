import { describe, expect, it } from '@jest/globals';
import { compare } from '@renovatebot/pep440';
import fc from 'fast-check';
import { pep440 } from './pep440.ts';

const number = fc.nat(3).map(String);
const suffix = (words: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(''),
    fc
      .tuple(fc.constantFrom('', '.', '-', '_'), fc.constantFrom(...words), fc.oneof(fc.constant(''), number))
      .map((parts) => parts.join('')),
  );
const version = fc
  .tuple(
    fc.constantFrom('', 'v', '1!'),
    fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.')),
    suffix(['a', 'b', 'rc', 'ALPHA', 'preview']),
    suffix(['post', 'rev', 'r']),
    suffix(['dev']),
    fc.oneof(
      fc.constant(''),
      fc.array(fc.oneof(number, fc.constantFrom('abc', 'x')), { minLength: 1, maxLength: 3 }).map((parts) => `+${parts.join('.')}`),
    ),
  )
  .map((parts) => parts.join(''));

describe('the order of PEP 440', () => {
  it('is that of the library which reads the versions', () => {
    fc.assert(
      fc.property(version, version, (left, right) => {
        expect(pep440.compare(left, right)).toBe(Math.sign(compare(left, right)));
      }),
      { numRuns: 3_000 },
    );
  });
});
