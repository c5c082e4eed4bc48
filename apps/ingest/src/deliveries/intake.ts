import { Injectable } from '@nestjs/common';
import type { WebhookReceipt } from '@throughline/contracts';
import { WebhookRefused, type RequestHeaders } from '@throughline/scm';
import { Problem } from '@throughline/service';
import { annotate } from '@throughline/telemetry';
import { SourceDirectory } from '../sources/source-directory.ts';
import { Candidates } from './candidates.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { LentBody } from './reading/reading-thread.ts';
import { RefusedDeliveries } from './refused-deliveries.ts';
import { refusalOf, SignedRequests, type SignedRequest } from './signed-requests.ts';

/** Each one after the first because the source was changed meanwhile. */
const mostAttempts = 3;

/** Takes in what providers send: believed by its signature, read, and only then written. */
@Injectable()
export class Intake {
  constructor(
    private readonly requests: SignedRequests,
    private readonly candidates: Candidates,
    private readonly queue: DeliveryQueue,
    private readonly directory: SourceDirectory,
    private readonly refused: RefusedDeliveries,
  ) {}

  /** Throws `Problem`: 401 alike for an unknown source and a bad signature, 4xx for what is signed but useless, 429, 503. */
  async receive(sourceId: string, headers: RequestHeaders, rawBody: Buffer): Promise<WebhookReceipt> {
    const body: LentBody = { bytes: rawBody };
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const request = await this.requests.believed(sourceId, headers, body);
      const candidate = await this.candidates.of(request).catch((error: unknown) => this.refusedFor(error, request));
      if (!candidate) continue;
      annotate({ 'throughline.source.kind': request.source.provider.name, 'throughline.facts': candidate.outcome.facts.length });
      const receipt = await this.queue.add(candidate);
      if (receipt) return receipt;
      await this.directory.find(sourceId);
    }
    throw new Problem(503, 'unavailable', 'the source is being changed: send it again', [], { 'retry-after': '2' });
  }

  /** Throws what the sender is told, unless the source was changed meanwhile: then nothing, and it is tried again. */
  private async refusedFor(error: unknown, request: SignedRequest): Promise<undefined> {
    const now = await this.directory.find(request.source.id);
    if (now?.version !== request.source.version) return undefined;
    const problem = error instanceof WebhookRefused ? new Problem(422, error.code, error.message) : error;
    if (problem instanceof Problem && problem.status < 500) this.refused.note(refusalOf(request, problem.detail));
    throw problem;
  }
}
