import { Body, Controller, Post } from '@nestjs/common';
import { CommandOutcome, GivenCommand } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { Idempotency } from '../proxy/idempotency.ts';
import { Commands } from './commands.ts';

/** What was written below change requests, as ingest read it out of signed deliveries. */
@Controller('internal/commands')
export class CommandsController {
  constructor(
    private readonly commands: Commands,
    private readonly idempotency: Idempotency,
  ) {}

  /** Has its effect once, however often it is asked: whoever asks does so again when it did not hear the end. */
  @Post()
  @Internal('ingest')
  @Answers(CommandOutcome, { status: 200 })
  async run(@Body() given: GivenCommand): Promise<CommandOutcome> {
    const body = Buffer.from(JSON.stringify(given));
    const key = `${given.comment.replace(/[^\x21-\x7e]/g, '_')}:${given.place}`;
    const once = { principal: `comments:${given.source}`, key, request: 'command', body, length: body.length };
    const kept = await this.idempotency.begin(once);
    if (kept?.body) return JSON.parse(kept.body.toString('utf8')) as CommandOutcome;
    try {
      const outcome = await this.commands.run(given);
      await this.idempotency.finish(once, { status: 200, headers: {}, body: Buffer.from(JSON.stringify(outcome)) });
      return outcome;
    } catch (error) {
      await this.idempotency.giveUp(once);
      throw error;
    }
  }
}
