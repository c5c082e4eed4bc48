import { createHmac, randomUUID } from 'node:crypto';
import type { CreatedSource } from '@throughline/contracts';

/** The public API as a script would use it. */
export class Api {
  constructor(
    readonly server: string,
    private readonly token: string,
  ) {}

  async call<T>(method: string, path: string, body?: object | string, headers: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.server}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }
}

export interface Push {
  readonly repository: string;
  readonly before?: string;
  readonly after: string;
  readonly ref?: string;
  readonly delivery?: string;
  /** How many the push brings; a longer list makes a larger body. */
  readonly commits?: number;
}

export const site = 'https://git.shop.example';

/** A push as Gitea sends it: signed over the raw body, with a delivery id. */
export function pushRequest(secret: string, what: Push): { readonly headers: Record<string, string>; readonly body: string } {
  const commit = { id: what.after, message: 'a change\n', author: { name: 'Developer' } };
  const body = JSON.stringify({
    ref: what.ref ?? 'refs/heads/main',
    before: what.before ?? '0'.repeat(40),
    after: what.after,
    commits: Array.from({ length: what.commits ?? 1 }, () => commit),
    repository: { full_name: what.repository, clone_url: `${site}/${what.repository}.git`, default_branch: 'main' },
    pusher: { login: 'developer' },
    sender: { login: 'developer' },
  });
  return { headers: giteaHeaders(secret, 'push', body, what.delivery), body };
}

/** What Gitea puts on a request. */
export function giteaHeaders(secret: string, event: string, body: string, delivery: string = randomUUID()): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-gitea-event': event,
    'x-gitea-delivery': delivery,
    'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex'),
  };
}

/** Sends a push to the address of its source. */
export async function push(source: Pick<CreatedSource, 'url' | 'secret'>, what: Push): Promise<Response> {
  return fetch(source.url, { method: 'POST', ...pushRequest(source.secret, what), signal: AbortSignal.timeout(30_000) });
}
