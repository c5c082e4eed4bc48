import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { uuidv7, type WebhookReceipt } from '@throughline/contracts';
import { header, scmProviders, WebhookRefused, type Arrival, type RequestHeaders } from '@throughline/scm';
import { Problem } from '@throughline/service';
import { annotate, carrierNow } from '@throughline/telemetry';
import { SourceDirectory } from '../sources/source-directory.ts';
import type { KnownSource } from '../sources/known-source.ts';
import type { Candidate } from './candidate.ts';
import { DefaultBranches } from '../repositories/default-branches.ts';
import { Renames } from '../repositories/renames.ts';
import { DeliveryBodies } from './delivery-bodies.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { interpret } from './interpret.ts';
import { keptHeaders } from './kept-headers.ts';
import type { ReceivedDelivery } from './reading/orders.ts';
import type { LentBody } from './reading/reading-thread.ts';
import { Readings } from './reading/readings.ts';
import { RefusedDeliveries } from './refused-deliveries.ts';

/** Each one after the first because the source was changed meanwhile. */
const mostAttempts = 3;
const secretsTried = 2;
/** Stand in for the secrets that a source does not have: all sources, and none, take the same time. */
const decoys = Array.from({ length: secretsTried }, () => randomBytes(32).toString('base64url'));

/** A request to a source that is known. */
interface Request {
  readonly source: KnownSource;
  readonly headers: RequestHeaders;
  readonly body: LentBody;
  readonly length: number;
}

/** Takes in what providers send: believed by its signature, read, and only then written. */
@Injectable()
export class Intake {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly readings: Readings,
    private readonly bodies: DeliveryBodies,
    private readonly queue: DeliveryQueue,
    private readonly refused: RefusedDeliveries,
    private readonly branches: DefaultBranches,
    private readonly renames: Renames,
  ) {}

  /** Throws `Problem`: 401 alike for an unknown source and a bad signature, 4xx for what is signed but useless, 429, 503. */
  async receive(sourceId: string, headers: RequestHeaders, rawBody: Buffer): Promise<WebhookReceipt> {
    const body: LentBody = { bytes: rawBody };
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const { request, secretId } = await this.believed(sourceId, headers, body);
      const candidate = await this.candidate(request, secretId).catch((error: unknown) => this.refusedFor(error, request));
      if (!candidate) continue;
      annotate({ 'throughline.source.kind': request.source.provider.name, 'throughline.facts': candidate.outcome.facts.length });
      const receipt = await this.queue.add(candidate);
      if (receipt) return receipt;
      await this.directory.find(sourceId);
    }
    throw new Problem(503, 'unavailable', 'the source is being changed: send it again', [], { 'retry-after': '2' });
  }

  /**
   * The request with the secret that signed it. Without looking when the source is remembered and signed it; any other request
   * takes one look and one try, whether there is such a source or not. Throws `Problem` 401.
   */
  private async believed(sourceId: string, headers: RequestHeaders, body: LentBody): Promise<{ request: Request; secretId: string }> {
    const { length } = body.bytes;
    const remembered = this.directory.remembered(sourceId);
    const signer = remembered && (await this.signerOf(remembered, headers, body));
    if (remembered && signer !== undefined) return { request: { source: remembered, headers, body, length }, secretId: signer };
    const source = await this.directory.find(sourceId);
    const unchanged = remembered !== undefined && remembered.version === source?.version;
    const secretId = unchanged ? undefined : await this.signerOf(source, headers, body);
    if (source && secretId !== undefined) return { request: { source, headers, body, length }, secretId };
    if (source) this.note({ source, headers, body, length }, 'the signature is missing or wrong');
    throw new Problem(401, 'unauthorized', 'there is no such source, or its signature is missing or wrong');
  }

  private async candidate(request: Request, secretId: string): Promise<Candidate> {
    const { source, headers, body } = request;
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

  /** Throws what the sender is told, unless the source was changed meanwhile: then nothing, and it is tried again. */
  private async refusedFor(error: unknown, request: Request): Promise<undefined> {
    const now = await this.directory.find(request.source.id);
    if (now?.version !== request.source.version) return undefined;
    const problem = error instanceof WebhookRefused ? new Problem(422, error.code, error.message) : error;
    if (problem instanceof Problem && problem.status < 500) this.note(request, problem.detail);
    throw problem;
  }

  /** A source that was set up without an address gets that of its first signed delivery. */
  private async read({ source, headers, body }: Request): Promise<{ located: KnownSource; read: ReceivedDelivery }> {
    const order = { provider: source.provider.name, contentType: header(headers, 'content-type'), headers, source: source.id };
    const read = await this.readings.receive({ ...order, baseUrl: source.baseUrl, takesAddress: true }, body);
    if (read.told === undefined) return { located: source, read };
    const settled = await this.directory.settle(source, read.told);
    const baseUrl = settled?.baseUrl;
    const located = settled && sameSecrets(source, settled) ? settled : source;
    // Another delivery was first, or the source has a token: what this payload says of its address counts for nothing.
    return baseUrl === read.told ? { located, read } : { located, read: await this.readings.receive({ ...order, baseUrl }, body) };
  }

  private note({ source, headers, length }: Request, reason: string): void {
    const kept = keptHeaders(source.provider.webhook.keptHeaders, headers);
    this.refused.note({ source: source.id, reason, headers: kept, bytes: length });
  }

  /** Id of the secret that signed the body. The work is the same for every source and for none. */
  private async signerOf(source: KnownSource | undefined, headers: RequestHeaders, body: LentBody): Promise<string | undefined> {
    const secrets = [...(source?.secrets.map(({ value }) => value) ?? []), ...decoys].slice(0, secretsTried);
    const provider = (source?.provider ?? scmProviders[0]!).name;
    const index = await this.readings.verify({ provider, headers, secrets, now: Date.now() }, body);
    return index === undefined ? undefined : source?.secrets[index]?.id;
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
