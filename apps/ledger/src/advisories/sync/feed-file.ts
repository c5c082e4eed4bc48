import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, copyFile, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { PermanentFailure } from '@throughline/messaging';
import { AddressRefused, Outbound } from '@throughline/service';
import { request, type Dispatcher } from 'undici';
import { LedgerConfig } from '../../config.ts';
import { feedAddress, fileOf, isBelow } from './feed-address.ts';

/** What the host said about a file when it was fetched. */
export interface FileMarks {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** How a file is fetched. */
export interface FetchOptions {
  /** Of the file that was taken in last: the same one is not fetched again. */
  readonly known: FileMarks;
  /** Of the part that is here already, when it belongs to the same file. */
  readonly begun: FileMarks;
  readonly signal: AbortSignal;
  /** Called when the headers are known, before the first byte, and then again and again. */
  readonly onProgress: (progress: { bytes: number; total?: number; marks: FileMarks }) => Promise<void>;
}

const largest = 8 * 1024 * 1024 * 1024;
const mostRedirects = 3;

/** Fetches the files of feeds into a folder of the service; a download that broke off goes on where it ended. */
@Injectable()
export class FeedFile {
  private readonly folder: string;

  constructor(
    private readonly config: LedgerConfig,
    private readonly outbound: Outbound,
  ) {
    // Beside the blobs, since nothing else that a service may write to outlives it.
    this.folder = join(config.blobsDir, 'feeds');
  }

  pathOf(sync: string): string {
    return join(this.folder, `${sync}.part`);
  }

  async has(sync: string): Promise<boolean> {
    return (await sizeOf(this.pathOf(sync))) > 0;
  }

  async remove(sync: string): Promise<void> {
    await rm(this.pathOf(sync), { force: true });
  }

  async digest(sync: string): Promise<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.pathOf(sync))) hash.update(chunk as Buffer);
    return hash.digest();
  }

  /** Answers false when the host says that nothing changed. Throws `PermanentFailure` for what no repetition mends. */
  async fetch(sync: string, address: string, options: FetchOptions): Promise<boolean> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const url = feedAddress(address, { outboundAllow: this.config.outboundAllow, roots: this.config.feedRoots });
    if (url.protocol === 'file:') return this.copy(sync, url, options);
    return this.download(sync, url, options);
  }

  private async copy(sync: string, url: URL, { onProgress }: FetchOptions): Promise<boolean> {
    const roots = await Promise.all(this.config.feedRoots.map((root) => realpath(root).catch(() => root)));
    const path = await realpath(fileOf(url, this.config.feedRoots)).catch(() => {
      throw new PermanentFailure(`there is no file ${url.href}`);
    });
    if (!roots.some((root) => isBelow(path, root))) throw new PermanentFailure(`${url.href} leads out of the folders of FEED_FILE_ROOTS`);
    const found = await stat(path);
    if (!found.isFile() || found.size > largest) throw new PermanentFailure(`${url.href} is no file of at most 8 GiB`);
    await copyFile(path, this.pathOf(sync), constants.COPYFILE_FICLONE);
    await onProgress({ bytes: found.size, total: found.size, marks: {} });
    return true;
  }

  private async download(sync: string, url: URL, options: FetchOptions): Promise<boolean> {
    const answer = await this.ask(url, await this.conditions(sync, options), options.signal);
    const { statusCode: status } = answer;
    if (status === 304) {
      await answer.body.dump({ limit: 65_536 });
      return false;
    }
    const [from, total] = rangeOf(answer);
    if (status !== 200 && !(status === 206 && from === (await sizeOf(this.pathOf(sync))))) {
      await answer.body.dump({ limit: 65_536 });
      // A range that the host does not have: what is here is of another file.
      if (status === 416 || status === 206) await this.remove(sync);
      const message = `${url.host} answered ${status}`;
      throw status >= 400 && status < 500 && ![408, 416, 429].includes(status) ? new PermanentFailure(message) : new Error(message);
    }
    if ((total ?? 0) > largest) throw new PermanentFailure(`the file of ${url.host} is larger than 8 GiB`);
    await this.write(sync, answer, { from, total, onProgress: options.onProgress });
    return true;
  }

  private async conditions(sync: string, { known, begun }: FetchOptions): Promise<Record<string, string>> {
    const here = await sizeOf(this.pathOf(sync));
    const mark = begun.etag?.startsWith('W/') ? undefined : (begun.etag ?? begun.lastModified);
    if (here > 0 && mark !== undefined) return { range: `bytes=${here}-`, 'if-range': mark };
    return {
      ...(known.etag !== undefined && { 'if-none-match': known.etag }),
      ...(known.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
    };
  }

  /** Redirects are followed to addresses that could have been given themselves. */
  private async ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    let at = url;
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const answer = await this.request(at, headers, signal);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.statusCode) || typeof location !== 'string') return answer;
      await answer.body.dump({ limit: 65_536 });
      at = feedAddress(URL.parse(location, at.href)?.href ?? '', { outboundAllow: this.config.outboundAllow, roots: [] });
    }
    throw new PermanentFailure(`${url.host} redirects more than ${mostRedirects} times`);
  }

  private async request(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await request(url, {
        method: 'GET',
        headers: { ...headers, accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'throughline' },
        dispatcher: this.outbound.dispatcher,
        signal,
      });
    } catch (error) {
      if (error instanceof AddressRefused) throw new PermanentFailure(error.message);
      throw new Error(`${url.host} cannot be asked: ${(error as Error).message.slice(0, 200)}`, { cause: error });
    }
  }

  private async write(
    sync: string,
    answer: Dispatcher.ResponseData,
    { from, total, onProgress }: { from: number; total: number | undefined; onProgress: FetchOptions['onProgress'] },
  ): Promise<void> {
    const marks = marksOf(answer);
    const progress = (bytes: number): Promise<void> => onProgress({ bytes, ...(total !== undefined && { total }), marks });
    const file = await open(this.pathOf(sync), from === 0 ? 'w' : 'a', 0o600);
    try {
      let bytes = from;
      await progress(bytes);
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        await file.write(chunk);
        bytes += chunk.length;
        if (bytes > largest) throw new PermanentFailure('the file is larger than 8 GiB');
        await progress(bytes);
      }
      if (total !== undefined && bytes !== total) throw new Error(`the download broke off after ${bytes} of ${total} bytes`);
    } finally {
      await file.close();
    }
  }
}

function marksOf({ headers }: Dispatcher.ResponseData): FileMarks {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(typeof etag === 'string' && etag.length <= 200 && { etag }),
    ...(typeof lastModified === 'string' && lastModified.length <= 100 && { lastModified }),
  };
}

/** Where the body begins in the file, and how long the file is. */
function rangeOf({ statusCode, headers }: Dispatcher.ResponseData): [from: number, total: number | undefined] {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(String(headers['content-range'] ?? ''));
  if (statusCode === 206) return range ? [Number(range[1]), Number(range[2])] : [-1, undefined];
  const length = Number(headers['content-length'] ?? Number.NaN);
  return [0, Number.isSafeInteger(length) ? length : undefined];
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
