import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { request, type Dispatcher } from 'undici';
import type { FetchedDocument } from '../world/world.ts';

export interface DownloadLimits {
  /** After decompression. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A public document; redirects are not followed. */
export async function download(dispatcher: Dispatcher, url: string, accept: string, limits: DownloadLimits): Promise<FetchedDocument> {
  const { host } = new URL(url);
  try {
    const answer = await request(url, {
      method: 'GET',
      headers: { accept, 'accept-encoding': 'gzip', 'user-agent': 'throughline' },
      dispatcher,
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    const { statusCode: status } = answer;
    if (status !== 200) {
      await answer.body.dump({ limit: 65_536 });
      return status === 404 ? { absent: true } : { away: `${host} answered ${status}` };
    }
    const body = answer.headers['content-encoding'] === 'gzip' ? answer.body.pipe(createGunzip()) : answer.body;
    const text = await bounded(body, limits.maxBytes);
    return text === undefined ? { away: `the document of ${host} is larger than ${limits.maxBytes} bytes` } : { text, from: url };
  } catch (error) {
    return { away: `${host} cannot be asked: ${(error as Error).message.slice(0, 200)}` };
  }
}

async function bounded(body: Readable, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
