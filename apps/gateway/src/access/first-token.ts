import { Injectable, type OnModuleInit } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { allRights, Database, Log, rows, type Tx } from '@throughline/service';
import { GatewayConfig } from '../config.ts';

const demoMinutes = 60;
const demoRights = allRights.filter((right) => !/^(?:people|tokens|audit|ci-issuers):/.test(right));

/** True when somebody with a name may do everything, everywhere. */
export const hasAdministrator = `exists (
  select 1 from role_binding join person on person.id = role_binding.person
  where role = 'administrator' and team is null and application is null and (expires_at is null or expires_at > now()) and disabled_at is null)`;

/** What the installation lets in before anybody has a name: the first administrator, and the demonstration. */
@Injectable()
export class FirstToken implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly config: GatewayConfig,
    private readonly log: Log,
  ) {}

  /** There is one first token in the life of an installation, and none when an administrator was known before it. */
  async onModuleInit(): Promise<void> {
    const { adminTokenSha256, demoTokenSha256 } = this.config;
    if (adminTokenSha256) {
      const made = await this.database.rows(
        `insert into token (id, name, hash, prefix, rights, first)
         select $1, 'first administrator', decode($2, 'hex'), 'tl_', '{*}', true
         where not exists (select 1 from token where first or '*' = any (rights)) and not ${hasAdministrator} returning id`,
        [uuidv7(), adminTokenSha256],
      );
      if (made.length > 0) this.log.info({}, 'the first administrator may come in');
    }
    if (demoTokenSha256) {
      await this.database.rows(
        `insert into token (id, name, hash, prefix, rights, expires_at)
         values ($1, 'demo', decode($2, 'hex'), 'tl_', $3, now() + make_interval(mins => ${demoMinutes})) on conflict do nothing`,
        [uuidv7(), demoTokenSha256, demoRights],
      );
    }
  }

  /** There is an administrator with a name now. */
  async end(tx: Tx): Promise<void> {
    const because = 'there is a named administrator now';
    await rows(tx, 'update token set ended_at = now(), ended_because = $1 where first and ended_at is null', [because]);
  }
}
