import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { scmProviders, type RequestHeaders } from '@throughline/scm';
import { Problem } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { keptHeaders } from './kept-headers.ts';
import type { LentBody } from './reading/reading-thread.ts';
import { Readings } from './reading/readings.ts';
import { RefusedDeliveries, type RefusedDelivery } from './refused-deliveries.ts';

const secretsTried = 2;
/** Stand in for the secrets that a source does not have: all sources, and none, take the same time. */
const decoys = Array.from({ length: secretsTried }, () => randomBytes(32).toString('base64url'));

/** A request to a source that is known. */
interface HookRequest {
  readonly source: KnownSource;
  readonly headers: RequestHeaders;
  readonly body: LentBody;
  readonly length: number;
}

/** A request with the secret that signed it. */
export interface SignedRequest extends HookRequest {
  readonly secretId: string;
}

/** What is kept of a request that comes to nothing. */
export function refusalOf({ source, headers, length }: HookRequest, reason: string): RefusedDelivery {
  return { source: source.id, reason, headers: keptHeaders(source.provider.webhook.keptHeaders, headers), bytes: length };
}

/** Believes requests by their signature. */
@Injectable()
export class SignedRequests {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly readings: Readings,
    private readonly refused: RefusedDeliveries,
  ) {}

  /**
   * Without looking when the source is remembered and signed it; any other request takes one look and one try, whether there is
   * such a source or not. Throws `Problem` 401.
   */
  async believed(sourceId: string, headers: RequestHeaders, body: LentBody): Promise<SignedRequest> {
    const { length } = body.bytes;
    const remembered = this.directory.remembered(sourceId);
    const signer = remembered && (await this.signerOf(remembered, headers, body));
    if (remembered && signer !== undefined) return { source: remembered, headers, body, length, secretId: signer };
    const source = await this.directory.find(sourceId);
    const unchanged = remembered !== undefined && remembered.version === source?.version;
    const secretId = unchanged ? undefined : await this.signerOf(source, headers, body);
    if (source && secretId !== undefined) return { source, headers, body, length, secretId };
    if (source) this.refused.note(refusalOf({ source, headers, body, length }, 'the signature is missing or wrong'));
    throw new Problem(401, 'unauthorized', 'there is no such source, or its signature is missing or wrong');
  }

  /** Id of the secret that signed the body. The work is the same for every source and for none. */
  private async signerOf(source: KnownSource | undefined, headers: RequestHeaders, body: LentBody): Promise<string | undefined> {
    const secrets = [...(source?.secrets.map(({ value }) => value) ?? []), ...decoys].slice(0, secretsTried);
    const provider = (source?.provider ?? scmProviders[0]!).name;
    const index = await this.readings.verify({ provider, headers, secrets, now: Date.now() }, body);
    return index === undefined ? undefined : source?.secrets[index]?.id;
  }
}
