import { Controller, Headers, Param, Post, RawBody } from '@nestjs/common';
import { WebhookReceipt } from '@throughline/contracts';
import type { RequestHeaders } from '@throughline/scm';
import { Answers, Public } from '@throughline/service';
import { Intake } from './intake.ts';

@Controller('hooks')
export class HooksController {
  constructor(private readonly intake: Intake) {}

  @Post(':source')
  @Public('the signature over the raw body says who sends')
  @Answers(WebhookReceipt, { status: 202, consumes: ['application/json', 'application/x-www-form-urlencoded'] })
  receive(
    @Param('source') source: string,
    @Headers() headers: RequestHeaders,
    @RawBody() body: Buffer | undefined,
  ): Promise<WebhookReceipt> {
    return this.intake.receive(source, headers, body ?? Buffer.alloc(0));
  }
}
