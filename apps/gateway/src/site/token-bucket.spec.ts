import { describe, expect, it } from '@jest/globals';
import { rateLimitHeaders, TokenBuckets } from './token-bucket.ts';

describe('a bucket of requests', () => {
  it('allows a minute’s worth at once, then as it refills', () => {
    const buckets = new TokenBuckets();
    const burst = Array.from({ length: 61 }, () => buckets.take('a', 60, 0).allowed);

    expect(burst.filter(Boolean)).toHaveLength(60);
    expect(buckets.take('a', 60, 500).allowed).toBe(false);
    expect(buckets.take('a', 60, 2_000).allowed).toBe(true);
  });

  it('is one for each key', () => {
    const buckets = new TokenBuckets();
    buckets.take('a', 1, 0);

    expect(buckets.take('b', 1, 0).allowed).toBe(true);
  });

  it('forgets those that were not used for longest, not those in use', () => {
    const buckets = new TokenBuckets();
    buckets.take('busy', 1, 0);
    for (let key = 0; key < 60_000; key += 1) {
      buckets.take(String(key), 1, 0);
      if (key % 1_000 === 0) buckets.take('busy', 1, 0);
    }

    expect(buckets.take('busy', 1, 0).allowed).toBe(false);
  });

  it('tells what is left and when to come again', () => {
    const buckets = new TokenBuckets();
    const first = buckets.take('a', 2, 0);
    buckets.take('a', 2, 0);

    expect(rateLimitHeaders('token', first)).toEqual({ 'ratelimit-policy': '"token";q=2;w=60', ratelimit: '"token";r=1;t=30' });
    expect(rateLimitHeaders('token', buckets.take('a', 2, 0))).toMatchObject({ ratelimit: '"token";r=0;t=60', 'retry-after': '30' });
  });
});
