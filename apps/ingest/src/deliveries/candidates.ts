import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { header, type Arrival } from '@throughline/scm';
import { carrierNow } from '@throughline/telemetry';
import { DefaultBranches } from '../repositories/default-branches.ts';
import { Renames } from '../repositories/renames.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { Candidate } from './candidate.ts';
import { DeliveryBodies } from './delivery-bodies.ts';
import { interpret } from './interpret.ts';
import { keptHeaders } from './kept-headers.ts';
import type { ReceivedDelivery } from './reading/orders.ts';
import { Readings } from './reading/readings.ts';
import type { SignedRequest } from './signed-requests.ts';

/** Reads signed requests: what they mean, and all that is written of them. */
@Injectable()
export class Candidates {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly readings: Readings,
    private readonly bodies: DeliveryBodies,
    private readonly branches: DefaultBranches,
    private readonly renames: Renames,
  ) {}

  /** Throws `WebhookRefused` or `Problem` for what cannot be read. */
  async of(request: SignedRequest): Promise<Candidate> {
    const { source, secretId, headers, body } = request;
    const { located, read } = await this.read(request);
    const { arrival } = read;
    const translation = this.renames.remembered(read.translation);
    const now = Date.now();
    const id = uuidv7(now);
    return {
      id,
      receivedAt: new Date(now),
      source: located,
      secretId,
      arrival,
      headers: keptHeaders(source.provider.webhook.keptHeaders, headers),
      outcome: interpret(located, translation, await this.branches.knownFor(translation)),
      body: await this.bodies.seal(id, body.bytes),
      marks: marksOf(source, arrival, read.digest),
      ...carrierNow(),
    };
  }

  /** A source that was set up without an address gets that of its first signed delivery. */
  private async read({ source, headers, body }: SignedRequest): Promise<{ located: KnownSource; read: ReceivedDelivery }> {
    const order = { provider: source.provider.name, contentType: header(headers, 'content-type'), headers, source: source.id };
    const read = await this.readings.receive({ ...order, baseUrl: source.baseUrl, takesAddress: true }, body);
    if (read.told === undefined) return { located: source, read };
    const settled = await this.directory.settle(source, read.told);
    const baseUrl = settled?.baseUrl;
    const located = settled && sameSecrets(source, settled) ? settled : source;
    // Another delivery was first, or the source has a token: what this payload says of its address counts for nothing.
    return baseUrl === read.told ? { located, read } : { located, read: await this.readings.receive({ ...order, baseUrl }, body) };
  }
}

function sameSecrets(one: KnownSource, other: KnownSource): boolean {
  return one.secrets.length === other.secrets.length && one.secrets.every(({ id }, index) => other.secrets[index]!.id === id);
}

function marksOf(source: KnownSource, { event, deliveryId }: Arrival, digest: string): string[] {
  const marks = [`id:${deliveryId}`];
  if (source.provider.webhook.unrepeatable.includes(event)) marks.push(`body:${digest}`);
  return marks;
}
