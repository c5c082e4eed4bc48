import { Injectable } from '@nestjs/common';
import { SignedIdentities, type Identity } from '@throughline/service';
import type { Route } from '../proxy/route-table.ts';
import { Upstreams } from '../proxy/upstreams.ts';

/** A call of the public interface in the name of a person. */
export interface PersonCall {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const timeoutMs = 20_000;

/** An answer as it came. */
export interface Wired {
  readonly status: number;
  readonly body: unknown;
}

/** Puts a signed call on the wire to the service of a route. */
@Injectable()
export class SignedWire {
  constructor(
    private readonly identities: SignedIdentities,
    private readonly upstreams: Upstreams,
  ) {}

  async send({ service }: Route, caller: Identity, { method, path, body, headers = {} }: PersonCall): Promise<Wired> {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const signed = this.identities.sign(caller, { audience: service, method, path, body: bytes });
    const type: Record<string, string> = bytes ? { 'content-type': 'application/json' } : {};
    const answer = await this.upstreams.send(service, {
      ...{ method, path, body: bytes, signal: AbortSignal.timeout(timeoutMs) },
      headers: { ...headers, ...type, authorization: `Bearer ${signed}`, accept: 'application/json' },
    });
    return { status: answer.statusCode, body: await answer.body.json().catch(() => undefined) };
  }
}
