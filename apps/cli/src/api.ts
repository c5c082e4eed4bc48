import type { ExchangedToken } from '@throughline/contracts';
import { enterAsJob } from './ci-job.ts';
import type { Connection } from './config.ts';
import { Refused } from './exit.ts';

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The platform answered with a problem document. */
class ApiRefused extends Refused {
  constructor(
    reason: Refused['reason'],
    readonly status: number,
    message: string,
  ) {
    super(reason, message);
  }
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object | string;
  /** Sent as it comes; the server recognises what it is. */
  readonly stream?: ReadableStream<Uint8Array>;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** The public REST API, with a time limit on every call; problems become `Refused`. */
export class Api {
  private entry: Promise<ExchangedToken> | undefined;

  constructor(private readonly connection: Connection) {}

  /** What the CI job may speak about in which the program runs; undefined outside one, and with a token. */
  async job(): Promise<ExchangedToken | undefined> {
    const { token } = this.connection;
    if (typeof token === 'string') return undefined;
    const exchange = (body: object): Promise<ExchangedToken> => this.answer<ExchangedToken>('POST', 'tokens/exchange', { body });
    this.entry ??= enterAsJob(token, this.connection.server, exchange);
    return this.entry;
  }

  /** Where the dashboard shows it. */
  pageAt(path: string): string {
    return new URL(path, `${this.connection.server}/`).href;
  }

  get<T>(path: string, query: ApiRequest['query'] = {}): Promise<T> {
    return this.call<T>('GET', path, { query });
  }

  /** Reads what may not be there yet; undefined on 404. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiRefused && error.status === 404) return undefined;
      throw error;
    }
  }

  async call<T>(method: string, path: string, request: ApiRequest = {}): Promise<T> {
    return this.answer<T>(method, path, request, await this.bearer());
  }

  private async bearer(): Promise<string | undefined> {
    const { token } = this.connection;
    return typeof token === 'string' ? token : (await this.job())!.access_token;
  }

  /** A file as it comes; an answer that breaks off makes its stream fail. */
  async download(path: string, query: ApiRequest['query'], timeoutMs: number): Promise<ReadableStream<Uint8Array>> {
    const response = await this.sent('GET', path, { query, timeoutMs }, await this.bearer());
    if (!response.ok) throw refusal(response.status, `GET /api/v1/${path}`, await response.text());
    return response.body ?? new Blob([]).stream();
  }

  private async answer<T>(method: string, path: string, request: ApiRequest, token?: string): Promise<T> {
    const response = await this.sent(method, path, request, token);
    const answer = await response.text();
    if (!response.ok) throw refusal(response.status, `${method} /api/v1/${path}`, answer);
    return (answer === '' ? undefined : JSON.parse(answer)) as T;
  }

  private sent(method: string, path: string, request: ApiRequest, token?: string): Promise<Response> {
    const url = new URL(`/api/v1/${path}`, this.connection.server);
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const text = typeof request.body === 'object' ? JSON.stringify(request.body) : request.body;
    const { stream } = request;
    const type = stream ? 'application/octet-stream' : (request.contentType ?? 'application/json');
    const body = stream ?? text;
    return this.send(url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        accept: 'application/json, */*;q=0.5',
        ...(body === undefined ? {} : { 'content-type': type }),
        ...request.headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(stream ? { duplex: 'half' as const } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(request.timeoutMs ?? 30_000),
    });
  }

  private async send(url: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, request);
    } catch (error) {
      const cause = (error as Error).cause instanceof Error ? ((error as Error).cause as Error).message : (error as Error).message;
      throw new Refused('unreachable', `no answer from ${this.connection.server}: ${cause}. Is it running? (npm start)`);
    }
  }
}

function refusal(status: number, what: string, answer: string): Refused {
  const problem = parse(answer);
  const places = (problem.errors ?? []).slice(0, 5).map((error) => `\n  ${error.pointer}: ${error.detail}`);
  const message = `${what}: ${status} ${problem.detail ?? problem.title ?? ''}${places.join('')}`;
  if (status === 401 || status === 403) return new ApiRefused('not_allowed', status, message);
  return new ApiRefused(status >= 500 || status === 429 ? 'unreachable' : 'usage', status, message);
}

function parse(answer: string): Problem {
  try {
    return JSON.parse(answer) as Problem;
  } catch {
    return {};
  }
}
