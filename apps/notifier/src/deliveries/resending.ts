import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { Database, rows } from '@throughline/service';
import type { Message } from '../channels/message.ts';
import { Alarms } from './alarms.ts';

/** Sends a message again because a person asks for it. */
@Injectable()
export class Resending {
  constructor(
    private readonly database: Database,
    private readonly alarms: Alarms,
  ) {}

  /** One that is still tried is tried now; one that ended is queued anew. Answers the id of what will be sent. */
  async resend(id: string): Promise<string> {
    return this.database.transaction(async (tx) => {
      const [hurried] = await rows<{ id: string; conversation: string; message: string }>(
        tx,
        `update deliveries set next_at = clock_timestamp() where id = $1 and state in ('queued', 'retrying') returning id, conversation, message`,
        [id],
      );
      const [again] = hurried
        ? [hurried]
        : await rows<{ id: string; conversation: string; message: string }>(
            tx,
            `insert into deliveries (id, conversation, application, alert, commit, channel, state, message, summary, digest, news, causes, next_at)
             select $2, conversation, application, alert, commit, channel, 'queued', message, summary, digest, news, causes, clock_timestamp()
             from deliveries where id = $1
             returning id, conversation, message`,
            [id, uuidv7()],
          );
      await this.alarms.set(tx, (JSON.parse(again!.message) as Message).kind, again!.conversation);
      return again!.id;
    });
  }
}
