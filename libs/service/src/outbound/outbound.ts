import { lookup } from 'node:dns/promises';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { Agent, buildConnector, request, type Dispatcher } from 'undici';
import { AddressRefused, checkAddress, plainHost, type AllowedTargets, type Target } from './address-policy.ts';

const connectMs = 5_000;
const maxAddresses = 4;

/** A request to a foreign host. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly text: string;
}

/** A request without a whole answer. `sent` is false when certainly nothing reached the receiver. */
export class OutboundFailed extends Error {
  readonly code = 'outbound_failed';

  constructor(
    message: string,
    readonly sent: boolean,
  ) {
    super(message);
  }
}

/** The one door to foreign hosts: addresses are checked where the socket connects, redirects are answers, everything has a time limit. */
export class Outbound {
  /** For clients that bring their own requests (source-code hosts). */
  readonly dispatcher: Agent;

  constructor(
    private readonly allowed: AllowedTargets,
    private readonly resolve: (host: string) => Promise<readonly string[]> = resolveAll,
  ) {
    const connector = buildConnector({ timeout: connectMs });
    this.dispatcher = new Agent({
      connect: (options, callback) => {
        const scheme = options.protocol.replace(/:$/, '');
        const target = { scheme, host: options.hostname, port: Number(options.port) || (scheme === 'https' ? 443 : 80) };
        const servername = options.servername ?? (isIP(plainHost(target.host)) ? undefined : plainHost(target.host));
        this.addressesOf(target).then(
          (addresses) =>
            tryEach(addresses, (hostname, done) => connector({ ...options, hostname, ...(servername && { servername }) }, done), callback),
          (error: Error) => callback(error, null),
        );
      },
      headersTimeout: 15_000,
      bodyTimeout: 15_000,
      maxHeaderSize: 16_384,
      connections: 8,
    });
  }

  /** Sends a request and reads at most 64 KiB of the answer. Throws `AddressRefused` or `OutboundFailed`. */
  async send(call: OutboundRequest): Promise<OutboundAnswer> {
    const what = `${call.method} ${originOf(call.url)}`;
    try {
      const answer = await request(call.url, {
        method: call.method,
        headers: { 'user-agent': 'throughline', ...call.headers },
        ...(call.body !== undefined && { body: call.body }),
        dispatcher: this.dispatcher,
        signal: AbortSignal.timeout(call.timeoutMs ?? 15_000),
      });
      return { status: answer.statusCode, headers: answer.headers, text: await readSome(answer.body) };
    } catch (error) {
      const refused = addressRefusal(error);
      if (refused) throw refused;
      throw new OutboundFailed(`${what} failed: ${messageOf(error)}`, !neverConnected(error));
    }
  }

  /** A connected socket for protocols other than HTTP. Throws `AddressRefused` or the socket's error. */
  async dial(target: Target): Promise<Socket> {
    const addresses = await this.addressesOf(target);
    return new Promise((done, failed) => {
      tryEach(
        addresses,
        (host, tried) => dialOne(host, target.port, tried),
        (error, socket) => (error ? failed(error) : done(socket)),
      );
    });
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** All addresses of a host, each checked: one that is refused refuses the host. */
  private async addressesOf(target: Target): Promise<readonly string[]> {
    const host = plainHost(target.host);
    const addresses = isIP(host) ? [host] : await this.resolve(host);
    if (addresses.length === 0) throw new OutboundFailed(`${host} has no address`, false);
    for (const address of addresses) checkAddress(target, address, this.allowed);
    return addresses.slice(0, maxAddresses);
  }
}

type Connected = (...args: [error: null, socket: Socket] | [error: Error, socket: null]) => void;

function tryEach(addresses: readonly string[], attempt: (address: string, done: Connected) => void, callback: Connected): void {
  const [first, ...others] = addresses;
  attempt(first!, (...result) => {
    if (result[0] && others.length > 0) tryEach(others, attempt, callback);
    else callback(...result);
  });
}

function dialOne(host: string, port: number, done: Connected): void {
  const socket = connectSocket({ host, port });
  const timer = setTimeout(() => socket.destroy(new Error(`no connection to ${host}:${port} within ${connectMs} ms`)), connectMs);
  const failed = (error: Error): void => {
    clearTimeout(timer);
    done(error, null);
  };
  socket.once('error', failed);
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.off('error', failed);
    done(null, socket);
  });
}

async function resolveAll(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

async function readSome(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > 64 * 1024) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function addressRefusal(error: unknown): AddressRefused | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof AddressRefused) return at;
  }
  return undefined;
}

const beforeConnection = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'outbound_failed',
]);

function neverConnected(error: unknown): boolean {
  return beforeConnection.has(String((error as { code?: unknown }).code));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? 'an address that cannot be read';
}
