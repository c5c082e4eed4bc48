import { Injectable } from '@nestjs/common';
import { uuidv7, type ExchangedToken } from '@throughline/contracts';
import { Database, Metrics, Problem, rows, type Counter, type Right, type Tx } from '@throughline/service';
import { Clock } from '../access/clock.ts';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { hashOf, newSecret } from '../access/secret.ts';
import { TokenLines } from '../access/token-lines.ts';
import { JobTokens, type VerifiedJob } from './job-tokens.ts';

/** A job that came in: the secret of its token, and who it is to us. */
export interface JobEntry {
  readonly secret: string;
  readonly caller: GatewayCaller;
  readonly answer: ExchangedToken;
}

/** What any job may do, about its own commit. */
const rightsOfJobs: readonly Right[] = [
  ...(['reports:write', 'reports:read', 'gates:write', 'findings:read', 'chains:read'] as const),
  ...(['repositories:write', 'scans:write'] as const),
];
const shortestMs = 15 * 60_000;
const longestMs = 60 * 60_000;
/** What has ended is forgotten in steps, so that no job waits for another's. */
const ended = `expires_at < $1::timestamptz - interval '1 hour' order by expires_at limit 500 for update skip locked`;

/** Lets jobs of build systems in: the token of their job, once, for a token of ours that speaks for their commit only. */
@Injectable()
export class JobAccess {
  private readonly entries: Counter;

  constructor(
    private readonly database: Database,
    private readonly tokens: JobTokens,
    private readonly lines: TokenLines,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.entries = metrics.counter('throughline_ci_entries_total', 'CI jobs that came in, were refused, or whose issuer was away.');
  }

  /** Throws `Problem` 401, 403, 503. */
  async enter(token: string): Promise<JobEntry> {
    try {
      const entry = await this.exchange(token);
      this.entries.add({ result: 'in' });
      return entry;
    } catch (error) {
      if (error instanceof Problem) this.entries.add({ result: error.status < 500 ? 'refused' : 'away' });
      throw error;
    }
  }

  private async exchange(token: string): Promise<JobEntry> {
    const job = await this.tokens.verify(token);
    const now = this.clock.now().getTime();
    const expiresAt = new Date(Math.min(now + longestMs, Math.max(now + shortestMs, job.expires.getTime())));
    const secret = newSecret('token');
    await this.database.transaction(async (tx) => {
      await this.forget(tx, new Date(now));
      await useOnce(tx, job);
      await rows(
        tx,
        `insert into token (id, name, hash, prefix, rights, expires_at, bound, ci_issuer) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [uuidv7(), job.name, hashOf(secret), secret.slice(0, 7), rightsOfJobs, expiresAt, JSON.stringify(job.bound), job.issuer],
      );
    });
    const caller = await this.lines.byHash(hashOf(secret));
    return { secret, caller, answer: answerOf(job, secret, Math.floor((expiresAt.getTime() - now) / 1000)) };
  }

  private async forget(tx: Tx, now: Date): Promise<void> {
    await rows(tx, `delete from ci_token_use where (issuer, jti) in (select issuer, jti from ci_token_use where ${ended})`, [now]);
    await rows(tx, `delete from token where id in (select id from token where ci_issuer is not null and ${ended})`, [now]);
  }
}

async function useOnce(tx: Tx, { issuer, id, expires }: VerifiedJob): Promise<void> {
  const first = await rows(
    tx,
    'insert into ci_token_use (issuer, jti, expires_at) values ($1, $2, $3) on conflict do nothing returning jti',
    [issuer, id, expires],
  );
  if (first.length === 0) throw new Problem(401, 'token_used', 'the token of the CI job was used before: each is taken once');
}

function answerOf({ bound }: VerifiedJob, secret: string, seconds: number): ExchangedToken {
  const { repository, commit, ref, changeOnly } = bound;
  return {
    access_token: secret,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: seconds,
    scope: rightsOfJobs.join(' '),
    ...{ repository, commit, ref },
    ...(changeOnly === undefined ? {} : { changeOnly }),
  };
}
