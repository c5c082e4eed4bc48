import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention } from '@throughline/messaging';

/** So long a list shows that a token has run out; what it did is in the audit log. */
const keptDays = 90;

/** With a token ends what was made with it: a token is worth no more than those of its line. The first one stays: it is made once. */
const ended = `
  with recursive over as (
    (select id from token where (ended_at < $1 or expires_at < $1) and not first order by id limit $2)
    union
    select made.id from token made join over on made.created_by = over.id
  ),
  sessions as (delete from session where token in (select id from over)),
  links as (delete from sign_in_link where token in (select id from over))
  delete from token where id in (select id from over) returning 1`;

/** Ends the rows of tokens that were ended or have run out. */
@Injectable()
export class TokenRetention implements OnModuleInit {
  constructor(private readonly retention: Retention) {}

  onModuleInit(): void {
    this.retention.keep('tokens', keptDays, ended);
  }
}
