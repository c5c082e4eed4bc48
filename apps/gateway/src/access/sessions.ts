import { Injectable } from '@nestjs/common';
import { Database, Problem } from '@throughline/service';
import type { GatewayCaller } from './gateway-caller.ts';
import { hashOf, isLink, newSecret } from './secret.ts';
import { TokenLines } from './token-lines.ts';

const idleHours = 8;
const longestMs = 24 * 3_600_000;
const linkMs = 5 * 60_000;

/** A session as it begins: the secret goes into the cookie and is kept nowhere. */
export interface NewSessionSecret {
  readonly secret: string;
  readonly caller: GatewayCaller;
  readonly expiresAt: Date;
}

/** Browser sessions: they stand for a token, end with it, after 8 hours without use, and after 24 hours. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly lines: TokenLines,
  ) {}

  /** Takes an API token, or a link's secret, which works once. Throws `Problem` 401. */
  async begin(shown: string): Promise<NewSessionSecret> {
    const caller = isLink(shown) ? await this.useLink(shown) : await this.lines.byHash(hashOf(shown));
    if (caller.bound) throw new Problem(403, 'forbidden', 'a CI job has no browser: its token begins no session');
    const secret = newSecret('session');
    const expiresAt = new Date(Math.min(Date.now() + longestMs, caller.expiresAt?.getTime() ?? Infinity));
    await this.database.rows('delete from session where expires_at < now()');
    await this.database.rows('insert into session (hash, token, expires_at) values ($1, $2, $3)', [
      hashOf(secret),
      caller.token,
      expiresAt,
    ]);
    return { secret, caller, expiresAt };
  }

  /** Who the session of a cookie stands for; undefined when it is over. */
  async callerOf(secret: string): Promise<GatewayCaller | undefined> {
    const hash = hashOf(secret);
    const [found] = await this.database.rows<{ token: string; seen: boolean }>(
      `select token, last_seen_at > now() - interval '1 minute' as seen from session
       where hash = $1 and expires_at > now() and last_seen_at > now() - make_interval(hours => ${idleHours})`,
      [hash],
    );
    if (!found) return undefined;
    if (!found.seen) await this.database.rows('update session set last_seen_at = now() where hash = $1', [hash]);
    try {
      return { ...(await this.lines.byId(found.token)), via: 'session' };
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  async end(secret: string): Promise<void> {
    await this.database.rows('delete from session where hash = $1', [hashOf(secret)]);
  }

  /** The secret of a link that signs in once as this caller, within five minutes. */
  async link(caller: GatewayCaller): Promise<{ secret: string; expiresAt: Date }> {
    const secret = newSecret('link');
    const expiresAt = new Date(Date.now() + linkMs);
    await this.database.rows('delete from sign_in_link where expires_at < now()');
    await this.database.rows('insert into sign_in_link (hash, token, expires_at) values ($1, $2, $3)', [
      hashOf(secret),
      caller.token,
      expiresAt,
    ]);
    return { secret, expiresAt };
  }

  private async useLink(secret: string): Promise<GatewayCaller> {
    const [used] = await this.database.rows<{ token: string; valid: boolean }>(
      'delete from sign_in_link where hash = $1 returning token, expires_at > now() as valid',
      [hashOf(secret)],
    );
    if (!used?.valid)
      throw new Problem(401, 'unauthorized', 'the sign-in link was used before, or is older than five minutes: ask for a new one');
    return this.lines.byId(used.token);
  }
}
