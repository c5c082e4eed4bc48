import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention } from '@throughline/messaging';

/** Ended ones answer auditors as long as decisions do. */
const keptDays = 400;

const ended = `
  delete from waiver where id in (
    select id from waiver where state = 'ended' and ended_at < $1 order by ended_at limit $2
  ) returning 1`;

/** Ends waivers that ended long ago, with their history. */
@Injectable()
export class WaiverRetention implements OnModuleInit {
  constructor(private readonly retention: Retention) {}

  onModuleInit(): void {
    this.retention.keep('waivers', keptDays, ended);
  }
}
