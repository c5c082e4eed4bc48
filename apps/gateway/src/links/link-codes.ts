import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import { Clock } from '../access/clock.ts';
import { hashOf, newSecret } from '../access/secret.ts';
import type { HostAccount } from './linked-accounts.ts';

const minutes = 15;

/** A code that proves an account to be somebody's. */
interface MadeCode {
  readonly secret: string;
  readonly expiresAt: Date;
}

/**
 * Codes that are good once, for a quarter of an hour, from one account: whoever reads a code in a comment before we did could
 * otherwise become the person. Of each person and source the last one counts.
 */
@Injectable()
export class LinkCodes {
  constructor(private readonly clock: Clock) {}

  async make(tx: Tx, person: string, { source, login }: Pick<HostAccount, 'source' | 'login'>): Promise<MadeCode> {
    const now = this.clock.now();
    const made = { secret: newSecret('code'), expiresAt: new Date(now.getTime() + minutes * 60_000) };
    await rows(tx, 'delete from link_code where expires_at < $1', [now]);
    await rows(
      tx,
      `insert into link_code (hash, person, source, login, expires_at) values ($1, $2, $3, $4, $5)
       on conflict (person, source) do update set hash = excluded.hash, login = excluded.login, expires_at = excluded.expires_at`,
      [hashOf(made.secret), person, source, login, made.expiresAt],
    );
    return made;
  }

  /** The person whose code the account told, which is used up by that. */
  async use(tx: Tx, secret: string, { source, login }: HostAccount): Promise<{ readonly id: string; readonly name: string } | undefined> {
    const [used] = await rows<{ id: string; name: string }>(
      tx,
      `delete from link_code using person
       where hash = $1 and source = $2 and lower(login) = lower($3) and expires_at > $4 and person.id = link_code.person and disabled_at is null
       returning person.id, person.name`,
      [hashOf(secret), source, login, this.clock.now()],
    );
    return used;
  }
}
