import fc from 'fast-check';
import { at, branchRef, commit, isRef, line, time } from './payload.ts';

describe('at', () => {
  it('finds own properties only', () => {
    expect(at(JSON.parse('{"a":{"b":1}}'), 'a', 'b')).toBe(1);
    expect(at({}, '__proto__')).toBeUndefined();
    expect(at([], 'constructor', 'name')).toBeUndefined();
    expect(at(null, 'a')).toBeUndefined();
  });
});

describe('line', () => {
  it.each([
    ['fix: title\n\nbody', 'fix: title'],
    ['a\u0000b', 'a b'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['\ud800', ''],
    [42, ''],
    [undefined, ''],
  ])('reads %j as %j', (value, expected) => {
    expect(line(value, 100)).toBe(expected);
  });

  it('keeps within its bound and is well formed, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, max) => {
        const result = line(text, max);

        expect(result.length).toBeLessThanOrEqual(max);
        expect(result).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });
});

describe('isRef', () => {
  it.each(['refs/heads/main', 'refs/heads/feature/$(touch${IFS}x);`id`', 'refs/heads/-x', 'refs/tags/v1.0', 'refs/heads/ünï'])(
    'accepts %s',
    (ref) => {
      expect(isRef(ref)).toBe(true);
    },
  );

  it.each([
    'main',
    'refs/',
    'refs/heads/a..b',
    'refs/heads/a b',
    'refs/heads/a\u0000b',
    'refs/heads/a\nb',
    'refs/heads/x.lock',
    'refs/heads/.x',
    'refs/heads//x',
    'refs/heads/x/',
    'refs/heads/x.',
    'refs/heads/@{1}',
    'refs/heads/a\\b',
    `refs/heads/${'x'.repeat(600)}`,
  ])('refuses %j', (ref) => {
    expect(isRef(ref)).toBe(false);
  });
});

it('reads branch names as full refs', () => {
  expect(branchRef('main')).toBe('refs/heads/main');
  expect(branchRef('refs/pull/1/head')).toBe('refs/pull/1/head');
  expect(branchRef('a b')).toBeUndefined();
});

it('takes only full object ids that are not zero', () => {
  expect(commit('a'.repeat(40))).toBe('a'.repeat(40));
  expect(commit('0'.repeat(40))).toBeUndefined();
  expect(commit('abc')).toBeUndefined();
  expect(commit(`${'a'.repeat(40)}\n`)).toBeUndefined();
});

it('reads times as UTC and nothing else', () => {
  expect(time('2022-03-09T16:23:39+09:00')).toBe('2022-03-09T07:23:39.000Z');
  expect(time('tomorrow')).toBeUndefined();
  expect(time('+123456-01-01T00:00:00Z')).toBeUndefined();
});
