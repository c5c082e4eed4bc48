import { request, type Dispatcher } from 'undici';
import { RegistryFailed } from './registry-failed.ts';

/** One GET. Redirects are answers. Throws `RegistryFailed` when there is none. */
export async function ask(
  dispatcher: Dispatcher,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  try {
    const all = { 'accept-encoding': 'identity', 'user-agent': 'throughline', ...headers };
    return await request(url, { method: 'GET', headers: all, dispatcher, signal });
  } catch (error) {
    throw failureOf(error, url.host, signal);
  }
}

/** The whole of a body that must not be longer. */
export async function boundedBody(answer: Dispatcher.ResponseData, most: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > most) throw new RegistryFailed('too_large', `${host} answered with more than ${most} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw failureOf(error, host);
  }
  return Buffer.concat(chunks);
}

/** Why nothing came: an address that may not be asked stays one; all else may pass. */
export function failureOf(error: unknown, host: string, signal?: AbortSignal): RegistryFailed {
  if (error instanceof RegistryFailed) return error;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (code === 'address_refused') return new RegistryFailed('refused', at.message, { cause: error });
    if (code === 'ENOTFOUND') return new RegistryFailed('not_found', `there is no host ${host}`, { cause: error });
  }
  if (signal?.aborted) return new RegistryFailed('away', `${host} did not answer in time`, { cause: error });
  return new RegistryFailed('away', `${host} cannot be asked: ${(error as Error).message.slice(0, 200)}`, { cause: error });
}
