import { describe, expect, it } from '@jest/globals';
import { FindingKey, FindingKeys } from './finding-key.ts';
import { passingNames, traceOf } from './secret-names.ts';

const [first, second] = [new FindingKey(Buffer.alloc(32, 1)), new FindingKey(Buffer.alloc(32, 2))];
const strong = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

describe('traceOf', () => {
  it('gives equal secrets the same digest, and another key another one', async () => {
    const trace = await traceOf(strong, new FindingKeys(first), passingNames);

    expect(await traceOf(strong, new FindingKeys(first), passingNames)).toEqual(trace);
    expect(await traceOf(strong, new FindingKeys(second), passingNames)).not.toMatchObject({ scheme: trace.scheme });
    expect(trace).not.toHaveProperty('former');
  });

  it('names a secret under the former keys as well', async () => {
    const trace = await traceOf(strong, new FindingKeys(second, [first]), passingNames);

    expect(trace).toMatchObject({ ...second.digest(strong), former: [first.digest(strong)] });
  });

  it.each(['hunter2', 'changeme', '123456789', 'password123', 'aaaaaaaaaaaaaaaaaaaaaaaa'])(
    'keeps no digest of %j, which could be guessed',
    async (secret) => {
      const trace = await traceOf(secret, new FindingKeys(first), { nameOf: () => Promise.resolve('a name') });

      expect(trace).toMatchObject({ scheme: 'random', hmac: 'a name' });
    },
  );

  it.each([
    ['-----BEGIN RSA PRIVATE KEY-----\nabc', 'private key'],
    ['postgres://bob:pa55@db.example/x', 'postgres://… (32 characters)'],
    ['short', '… (5 characters)'],
    ['AKIA0123456789ABCDEF', 'AKIA… (20 characters)'],
  ])('shows of %j only %j', async (secret, preview) => {
    expect((await traceOf(secret, new FindingKeys(first), passingNames)).preview).toBe(preview);
  });
});

describe('FindingKey', () => {
  it('refuses a key that is too short, and never shows itself', () => {
    expect(() => new FindingKey(Buffer.alloc(31))).toThrow('31 bytes');
    expect(JSON.stringify(new FindingKeys(first, [second]))).not.toContain('data');
  });
});
