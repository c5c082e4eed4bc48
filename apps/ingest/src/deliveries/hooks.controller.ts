import { Controller, Headers, Param, Post, RawBody } from '@nestjs/common';
import { WebhookReceipt } from '@throughline/contracts';
import type { RequestHeaders } from '@throughline/scm';
import { Answers, Direct, Metrics, Problem, Public, type Counter, type Labels } from '@throughline/service';
import { Intake } from './intake.ts';

@Controller('hooks')
export class HooksController {
  private readonly deliveries: Counter;

  constructor(
    private readonly intake: Intake,
    metrics: Metrics,
  ) {
    this.deliveries = metrics.counter('throughline_deliveries_total', 'Webhook deliveries by outcome, and why they were refused.');
  }

  @Post(':source')
  @Direct('accept delivery')
  @Public('the signature over the raw body says who sends')
  @Answers(WebhookReceipt, { status: 202, consumes: ['application/json', 'application/x-www-form-urlencoded'] })
  async receive(
    @Param('source') source: string,
    @Headers() headers: RequestHeaders,
    @RawBody() body: Buffer | undefined,
  ): Promise<WebhookReceipt> {
    try {
      const receipt = await this.intake.receive(source, asSent(headers), body ?? Buffer.alloc(0));
      this.deliveries.add(outcomeOf(receipt));
      return receipt;
    } catch (error) {
      this.deliveries.add({ outcome: 'refused', reason: error instanceof Problem ? error.code : 'failed' });
      throw error;
    }
  }
}

/** The gateway calls us with a credential of its own, and passes that of the sender on under another name. */
function asSent(headers: RequestHeaders): RequestHeaders {
  const authorization = headers['x-throughline-authorization'];
  return authorization === undefined ? headers : { ...headers, authorization };
}

/** A delivery that its source may not make is kept, and answered like one that means nothing to us. */
function outcomeOf({ ignored }: WebhookReceipt): Labels {
  if (ignored === undefined) return { outcome: 'accepted', reason: '' };
  return ignored.startsWith('refused: ') ? { outcome: 'refused', reason: 'out_of_scope' } : { outcome: 'ignored', reason: '' };
}
