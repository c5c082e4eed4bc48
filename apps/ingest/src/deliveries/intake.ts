import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { uuidv7, type WebhookReceipt } from '@throughline/contracts';
import { findScmProvider, header, siteOf, WebhookRefused, type Arrival, type RequestHeaders } from '@throughline/scm';
import { Problem } from '@throughline/service';
import { carrierNow, inSpan } from '@throughline/telemetry';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { KnownSource } from '../sources/known-source.ts';
import type { Candidate } from './candidate.ts';
import { DeliveryBodies } from './delivery-bodies.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { interpret } from './interpret.ts';
import { keptHeaders } from './kept-headers.ts';
import { readPayload } from './read-payload.ts';
import { RefusedDeliveries } from './refused-deliveries.ts';

const secretsTried = 2;
/** Stand in for the secrets that a source does not have: all sources, and none, take the same time. */
const decoys = Array.from({ length: secretsTried }, () => randomBytes(32).toString('base64url'));

/** Takes in what providers send: believed by its signature, read, and only then written. */
@Injectable()
export class Intake {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly bodies: DeliveryBodies,
    private readonly queue: DeliveryQueue,
    private readonly refused: RefusedDeliveries,
  ) {}

  /** Throws `Problem`: 401 alike for an unknown source and a bad signature, 4xx for what is signed but useless, 429, 503. */
  async receive(sourceId: string, headers: RequestHeaders, rawBody: Buffer): Promise<WebhookReceipt> {
    const source = await this.directory.find(sourceId);
    const secretId = signerOf(source, headers, rawBody);
    if (!source || secretId === undefined) {
      if (source) this.note(source, headers, rawBody, 'the signature is missing or wrong');
      throw new Problem(401, 'unauthorized', 'there is no such source, or its signature is missing or wrong');
    }
    return inSpan('accept delivery', { attributes: { 'throughline.source.kind': source.provider.name } }, async (span) => {
      const candidate = await this.read(source, secretId, headers, rawBody);
      span.setAttribute('throughline.facts', candidate.outcome.facts.length);
      return this.queue.add(candidate);
    });
  }

  private async read(source: KnownSource, secretId: string, headers: RequestHeaders, rawBody: Buffer): Promise<Candidate> {
    try {
      const arrival = source.provider.webhook.arrival(headers);
      const payload = readPayload(header(headers, 'content-type'), rawBody);
      const located = source.baseUrl === undefined ? await this.locate(source, payload) : source;
      const outcome = interpret(located, arrival.event, payload);
      const now = Date.now();
      const id = uuidv7(now);
      return {
        id,
        receivedAt: new Date(now),
        source: located,
        secretId,
        arrival,
        headers: keptHeaders(source.provider.webhook.keptHeaders, headers),
        outcome,
        body: await this.bodies.seal(id, rawBody),
        marks: marksOf(source, arrival, rawBody),
        ...carrierNow(),
      };
    } catch (error) {
      const problem = error instanceof WebhookRefused ? new Problem(422, error.code, error.message) : error;
      if (problem instanceof Problem && problem.status < 500) this.note(source, headers, rawBody, problem.detail);
      throw problem;
    }
  }

  /** A source that was set up without an address gets that of its first signed delivery. */
  private async locate(source: KnownSource, payload: unknown): Promise<KnownSource> {
    const told = siteOf(payload);
    const baseUrl = told === undefined ? undefined : await this.directory.settle(source, told);
    return baseUrl === undefined ? source : { ...source, baseUrl };
  }

  private note(source: KnownSource, headers: RequestHeaders, rawBody: Buffer, reason: string): void {
    const kept = keptHeaders(source.provider.webhook.keptHeaders, headers);
    this.refused.note({ source: source.id, reason, headers: kept, bytes: rawBody.length });
  }
}

/** Id of the secret that signed the body. The work is the same for every source and for none. */
function signerOf(source: KnownSource | undefined, headers: RequestHeaders, rawBody: Buffer): string | undefined {
  const provider = source?.provider ?? findScmProvider('github')!;
  const values = [...(source?.secrets.map(({ value }) => value) ?? []), ...decoys].slice(0, secretsTried);
  const index = provider.webhook.verify(headers, rawBody, values);
  return index === undefined ? undefined : source?.secrets[index]?.id;
}

function marksOf(source: KnownSource, { event, deliveryId }: Arrival, rawBody: Buffer): string[] {
  const marks = [`id:${deliveryId}`];
  if (source.provider.webhook.unrepeatable.includes(event)) marks.push(`body:${createHash('sha256').update(rawBody).digest('hex')}`);
  return marks;
}
