import { request, type Dispatcher } from 'undici';
import { ScmCallFailed, type ConnectTo } from './client.ts';
import { idText } from './payload.ts';
import { isFullName, trimmed } from './site.ts';

const mostAnswerBytes = 1024 * 1024;
const mostRetryAfterMs = 60 * 60 * 1000;

export interface RestCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path segments below the API address; each is encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Longest answer that is read; a megabyte when absent. */
  readonly mostBytes?: number;
}

/** The parsed answer; `found` is false for 404 and 422, which say of a ref that there is none. */
export interface RestAnswer {
  readonly found: boolean;
  readonly json: unknown;
  readonly headers: Dispatcher.ResponseData['headers'];
}

/** Calls one API. Redirects are not followed, answers are bounded, and the credential never leaves the API's origin. */
export async function callRest(to: ConnectTo, call: RestCall): Promise<RestAnswer> {
  const query = call.query === undefined ? '' : `?${new URLSearchParams(call.query).toString()}`;
  const url = `${trimmed(to.apiUrl)}/${call.path.map(encodeURIComponent).join('/')}${query}`;
  const what = `${call.method} ${url}`;
  const answer = await send(to, url, call, what);
  const { headers } = answer;
  const text = await readBounded(answer, what, call.mostBytes ?? mostAnswerBytes);
  if (answer.statusCode === 404 || answer.statusCode === 422) {
    if (call.method === 'GET') return { found: false, json: undefined, headers };
  }
  if (answer.statusCode < 200 || answer.statusCode > 299) throw failureOf(answer, what, text);
  return { found: true, json: parse(text, what), headers };
}

/** The id of what was made or found, which no call after this one can do without. */
export function idNamed(id: unknown, of: string): string {
  const text = idText(id);
  if (text === undefined) throw new ScmCallFailed(`the host named no id of ${of}`, false);
  return text;
}

/** `repos/<owner>/<name>`; throws for a text that is no full name, before anything is sent. */
export function repositoryPath(fullName: string): readonly string[] {
  if (!isFullName(fullName)) throw new ScmCallFailed(`${JSON.stringify(fullName.slice(0, 100))} is not owner/name`, false);
  return ['repos', ...fullName.split('/')];
}

async function send(to: ConnectTo, url: string, call: RestCall, what: string): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, {
      method: call.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'throughline',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(to.authorization === undefined ? {} : { authorization: to.authorization }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(to.dispatcher === undefined ? {} : { dispatcher: to.dispatcher }),
      signal: AbortSignal.timeout(to.timeoutMs ?? 10_000),
    });
  } catch (error) {
    throw new ScmCallFailed(`${what} got no answer: ${(error as Error).message}`, true);
  }
}

async function readBounded(answer: Dispatcher.ResponseData, what: string, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new ScmCallFailed(`${what}: the answer broke off: ${(error as Error).message}`, true, answer.statusCode);
  }
  if (bytes > most) throw new ScmCallFailed(`${what} answered with more than ${most} bytes`, false, answer.statusCode);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string, what: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    throw new ScmCallFailed(`${what} answered something that is not JSON: check the API address`, false);
  }
}

function failureOf(answer: Dispatcher.ResponseData, what: string, said: string): ScmCallFailed {
  const status = answer.statusCode;
  if (status >= 300 && status <= 399) {
    return new ScmCallFailed(`${what} was redirected (${status}): set the API address to where it leads`, false, status);
  }
  const limited = status === 429 || (status === 403 && isExhausted(answer.headers));
  const retryable = limited || status === 408 || status >= 500;
  const failed = new ScmCallFailed(`${what} answered ${status}`, retryable, status, retryAfter(answer.headers));
  failed.said = said.slice(0, 500);
  return failed;
}

function isExhausted(headers: Dispatcher.ResponseData['headers']): boolean {
  return headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';
}

function retryAfter(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, mostRetryAfterMs) : undefined;
}
