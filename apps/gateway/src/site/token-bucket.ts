/** What is left after a request was counted. */
export interface Allowance {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the full limit is there again. */
  readonly reset: number;
}

interface Bucket {
  level: number;
  at: number;
}

const minuteMs = 60_000;
const atMost = 50_000;

/** Requests per minute and key: a bucket that refills evenly, so that a burst of the whole minute is allowed once. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  /** Counts a request against a key. */
  take(key: string, limit: number, now: number = Date.now(), cost = 1): Allowance {
    const known = this.buckets.get(key);
    const level = known ? Math.min(limit, known.level + ((now - known.at) * limit) / minuteMs) : limit;
    const allowed = level >= cost;
    const left = allowed ? level - cost : level;
    this.buckets.delete(key);
    this.buckets.set(key, { level: left, at: now });
    if (this.buckets.size > atMost) this.forgetOldest();
    return { allowed, limit, remaining: Math.floor(left), reset: Math.ceil(((limit - left) * minuteMs) / limit / 1000) };
  }

  /** The least recently used are at the front of the map. */
  private forgetOldest(): void {
    for (const key of this.buckets.keys()) {
      this.buckets.delete(key);
      return;
    }
  }
}

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), and `Retry-After` when refused. */
export function rateLimitHeaders(policy: string, { allowed, limit, remaining, reset }: Allowance): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=60`,
    ratelimit: `"${policy}";r=${remaining};t=${reset}`,
    ...(allowed ? {} : { 'retry-after': String(Math.max(1, Math.ceil(60 / limit))) }),
  };
}
