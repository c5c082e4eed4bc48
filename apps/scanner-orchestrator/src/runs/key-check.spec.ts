import { describe, expect, it } from '@jest/globals';
import { FindingKey, FindingKeys } from '../runner/finding-key.ts';
import { refusal } from './key-check.ts';

const [one, two, three] = [1, 2, 3].map((byte) => new FindingKey(Buffer.alloc(32, byte))) as [FindingKey, FindingKey, FindingKey];

describe('the identity key at start', () => {
  it.each([
    ['the first key', new FindingKeys(one), []],
    ['the key of before', new FindingKeys(one), [one]],
    ['a new key that names the one before', new FindingKeys(two, [one]), [one]],
    ['the newest key, with or without the former', new FindingKeys(two), [one, two]],
  ])('is taken: %s', (_, keys, used) => {
    const checks = used.map(({ check }) => check);

    expect(refusal(keys, checks)).toBeUndefined();
  });

  it.each([
    ['another key', new FindingKeys(two), [one], 'restore that key'],
    ['a new key that names only an older one', new FindingKeys(three, [one]), [one, two], 'restore that key'],
    ['a new key with a former that was never used', new FindingKeys(two, [one, three]), [one], 'never used'],
    ['a former key', new FindingKeys(one, [two]), [one, two], 'former key'],
  ])('is refused: %s', (_, keys, used, why) => {
    const checks = used.map(({ check }) => check);

    expect(refusal(keys, checks)).toContain(why);
  });
});
