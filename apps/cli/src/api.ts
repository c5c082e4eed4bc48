import type { Connection } from './config.ts';
import { Refused } from './exit.ts';

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** The public REST API, with a time limit on every call; problems become `Refused`. */
export class Api {
  constructor(private readonly connection: Connection) {}

  get<T>(path: string, query: ApiRequest['query'] = {}): Promise<T> {
    return this.call<T>('GET', path, { query });
  }

  async call<T>(method: string, path: string, request: ApiRequest = {}): Promise<T> {
    const url = new URL(`/api/v1/${path}`, this.connection.server);
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
    const text = typeof request.body === 'object' ? JSON.stringify(request.body) : request.body;
    const response = await this.send(url, {
      method,
      headers: {
        authorization: `Bearer ${this.connection.token}`,
        accept: 'application/json',
        ...(text === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        ...request.headers,
      },
      ...(text === undefined ? {} : { body: text }),
      redirect: 'error',
      signal: AbortSignal.timeout(request.timeoutMs ?? 30_000),
    });
    const answer = await response.text();
    if (!response.ok) throw refusal(response.status, `${method} ${url.pathname}`, answer);
    return (answer === '' ? undefined : JSON.parse(answer)) as T;
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
  if (status === 401 || status === 403) return new Refused('not_allowed', message);
  return new Refused(status >= 500 || status === 429 ? 'unreachable' : 'usage', message);
}

function parse(answer: string): Problem {
  try {
    return JSON.parse(answer) as Problem;
  } catch {
    return {};
  }
}
