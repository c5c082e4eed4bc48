import { Injectable } from '@nestjs/common';
import type { ServiceName } from '@throughline/contracts';
import { carrierNow, inSpan, untraced } from '@throughline/telemetry';
import { Agent, request } from 'undici';
import { SignedIdentities } from '../access/signed-identity.ts';
import { ServiceConfig } from '../config/service-config.ts';
import { Problem, type ProblemDocument } from '../http/problem.ts';
import { parseJson } from '../http/json.ts';
import { ServiceAway } from './service-away.ts';

/** A call to another service. */
export interface InternalRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the query, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** 5 s unless given. */
  readonly timeoutMs?: number;
  /** The caller's signed identity (`@CallerToken()`): the other service then sees the user, not us. */
  readonly as?: string;
}

const maxAnswerBytes = 8 * 1024 * 1024;

/** Calls other services of ours, signed with the service's own key, within a time limit. */
@Injectable()
export class InternalClient {
  private readonly agent = new Agent({ connections: 32, keepAliveTimeout: 10_000, connect: { timeout: 2_000 } });

  constructor(
    private readonly config: ServiceConfig,
    private readonly identities: SignedIdentities,
  ) {}

  /** The parsed answer; throws `Problem` with the other's status, or `ServiceAway`. */
  call<T>(service: ServiceName, asked: InternalRequest): Promise<T> {
    const attributes = { 'throughline.service': service, 'http.request.method': asked.method };
    return inSpan(`call ${service}`, { kind: 'client', attributes }, () => this.send<T>(service, asked));
  }

  /** Closes the connections; at the end of the service. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async send<T>(service: ServiceName, asked: InternalRequest): Promise<T> {
    const base = this.config.urlOf(service);
    if (!base) throw new ServiceAway(service, 'its address is not configured');
    const path = asked.path + queryOf(asked.query);
    const body = asked.body === undefined ? undefined : Buffer.from(JSON.stringify(asked.body));
    const token = this.identities.sign(this.identities.ownIdentity(), { audience: service, method: asked.method, path, body });
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json', ...carrierNow() };
    if (body) headers['content-type'] = 'application/json';
    if (asked.as) headers['x-throughline-on-behalf-of'] = asked.as;
    const limit = AbortSignal.timeout(asked.timeoutMs ?? 5_000);
    try {
      // The call is its own span: that of the request in it would say the same again.
      const answer = await untraced(() =>
        request(base + path, { method: asked.method, headers, body, dispatcher: this.agent, signal: limit }),
      );
      return read<T>(service, answer.statusCode, await bounded(answer.body));
    } catch (error) {
      if (error instanceof Problem || error instanceof ServiceAway) throw error;
      throw new ServiceAway(service, limit.aborted ? 'it did not answer in time' : 'it cannot be reached', { cause: error });
    }
  }
}

async function bounded(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error(`the answer has more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function read<T>(service: ServiceName, status: number, body: Buffer): T {
  const parsed = body.length === 0 ? undefined : parseJson(body);
  if (status < 400) return parsed as T;
  if (status >= 500) throw new ServiceAway(service, `it answered ${status}`);
  const problem = (parsed ?? {}) as Partial<ProblemDocument>;
  throw new Problem(status, problem.code ?? 'refused', problem.detail ?? `${service} refused the call`, problem.errors);
}

function queryOf(query: InternalRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.append(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}
