import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention } from '@throughline/messaging';
import { keptDays } from './kept-days.ts';

/** The log ends by months: a node goes with its fact, however old what it tells of had been when it was told. */
const nodes = `
  delete from node where id in (
    select id from node n where time < $1 and not exists (select 1 from fact where fact.id = n.id) order by time limit $2
  ) returning 1`;

const chains = `
  delete from chain where id in (
    select id from chain c where began_at < $1 and not exists (select 1 from node where chain_id = c.id) order by began_at limit $2
  ) returning 1`;

/** Ends what is read back from the log when the log has ended there. */
@Injectable()
export class ChainRetention implements OnModuleInit {
  constructor(private readonly retention: Retention) {}

  onModuleInit(): void {
    this.retention.keep('nodes', keptDays, nodes);
    this.retention.keep('chains', keptDays, chains);
  }
}
