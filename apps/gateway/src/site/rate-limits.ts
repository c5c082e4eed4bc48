import { Injectable } from '@nestjs/common';
import { Problem, type ServiceRequest } from '@throughline/service';
import { CallerOfRequest } from '../access/caller-of-request.ts';
import { GatewayConfig } from '../config.ts';
import { rateLimitHeaders, TokenBuckets } from './token-bucket.ts';

/** A refused identity costs as much as this many requests: guessing is slow. */
const refusalCost = 20;

/** How often one may call: by address, by token, and by source of webhooks (`docs/operations.md`). */
@Injectable()
export class RateLimits {
  private readonly buckets = new TokenBuckets();

  constructor(
    private readonly config: GatewayConfig,
    private readonly callers: CallerOfRequest,
  ) {}

  /** Counts a request; answers the headers that tell how much is left. Throws `Problem` 429, or 401 for a refused identity. */
  async count(request: ServiceRequest): Promise<Record<string, string>> {
    const hook = /^\/hooks\/([^/?]{1,100})/.exec(request.url)?.[1];
    if (hook) return this.take('source', `source ${request.ip} ${hook}`, this.config.ratePerSource);
    const byAddress = this.take('address', `address ${request.ip}`, this.config.ratePerAddress);
    if (!request.url.startsWith('/api/')) return byAddress;
    const caller = await this.callers.authenticate(request).catch((error: unknown) => {
      this.buckets.take(`address ${request.ip}`, this.config.ratePerAddress, Date.now(), refusalCost);
      throw error;
    });
    return caller ? this.take('token', `token ${caller.token}`, this.config.ratePerToken) : byAddress;
  }

  private take(policy: string, key: string, limit: number): Record<string, string> {
    const allowance = this.buckets.take(key, limit);
    const headers = rateLimitHeaders(policy, allowance);
    if (!allowance.allowed)
      throw new Problem(429, 'too_many_requests', `more than ${limit} requests a minute for this ${policy}`, [], headers);
    return headers;
  }
}
