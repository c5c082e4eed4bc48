import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  request as forwardRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AddressRefused, type Target } from './address-policy.ts';
import type { Outbound } from './outbound.ts';

/** Git fetches one repository over a few connections; programs that misbehave get no more. */
const mostConnections = 64;
/** Nothing came or went for so long: whoever talked has gone. */
const idleMs = 120_000;
const ofOneConnection = ['connection', 'keep-alive', 'proxy-authorization', 'proxy-authenticate', 'proxy-connection', 'te', 'upgrade'];

/**
 * A proxy on loopback for programs that make their own connections, such as git: it dials through the outbound door, so that
 * every address is checked where the socket connects. Only who knows its address with the password in it may use it.
 */
export class EgressProxy {
  private readonly server: Server;
  private readonly password = randomBytes(24).toString('base64url');
  private readonly open = new Set<Duplex>();
  private listening: Promise<string> | undefined;

  constructor(private readonly door: Outbound) {
    this.server = createServer((request, response) => void this.forward(request, response));
    this.server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.tunnel(request, socket, head));
    this.server.maxConnections = mostConnections;
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 0;
  }

  /** Its address, for `http.proxy` and the like; starts it when it is first asked for. */
  url(): Promise<string> {
    return (this.listening ??= new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () => {
        const { port } = this.server.address() as AddressInfo;
        this.server.unref();
        resolve(`http://throughline:${this.password}@127.0.0.1:${port}`);
      });
    }));
  }

  async close(): Promise<void> {
    if (!this.listening) return;
    await this.listening.catch(() => undefined);
    for (const socket of this.open) socket.destroy();
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** `CONNECT host:port`: what goes through is TLS, or whatever the two ends agree on. */
  private async tunnel(request: IncomingMessage, near: Duplex, head: Buffer): Promise<void> {
    near.on('error', () => near.destroy());
    this.track(near);
    const refusal = this.refusalOf(request.headers);
    const target = targetOf('https', request.url ?? '');
    if (refusal || !target) return void near.end(plainAnswer(refusal ?? '400 Bad Request'));
    try {
      const far = await this.door.dial(target);
      this.track(far);
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) far.write(head);
      join(near, far);
    } catch (error) {
      near.end(plainAnswer(statusOf(error), reasonOf(error)));
    }
  }

  /** `GET http://host/…`: plain HTTP, one request after the other. */
  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.refusalOf(request.headers);
    const url = URL.parse(request.url ?? '');
    if (refusal || url?.protocol !== 'http:') return void refuse(response, refusal ?? '400 Bad Request');
    try {
      const far = await this.door.dial({ scheme: 'http', host: url.hostname, port: Number(url.port || 80) });
      this.track(far);
      const passed = forwardRequest({
        createConnection: () => far,
        method: request.method,
        path: `${url.pathname}${url.search}`,
        headers: { ...passedHeaders(request.headers), host: url.host, connection: 'close' },
      });
      passed.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, passedHeaders(answer.headers));
        answer.pipe(response);
      });
      passed.on('error', () => (response.headersSent ? response.destroy() : refuse(response, '502 Bad Gateway')));
      response.on('close', () => far.destroy());
      request.pipe(passed);
    } catch (error) {
      refuse(response, statusOf(error), reasonOf(error));
    }
  }

  private refusalOf(headers: IncomingHttpHeaders): string | undefined {
    const expected = `Basic ${Buffer.from(`throughline:${this.password}`).toString('base64')}`;
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    const same = timingSafeEqual(digest(expected), digest(headers['proxy-authorization'] ?? ''));
    return same ? undefined : '407 Proxy Authentication Required';
  }

  private track(socket: Duplex): void {
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    (socket as Socket).setTimeout(idleMs, () => socket.destroy());
  }
}

function join(near: Duplex, far: Duplex): void {
  far.on('error', () => near.destroy());
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
  near.pipe(far);
  far.pipe(near);
}

function targetOf(scheme: string, authority: string): Target | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]{1,253}):(\d{1,5})$/i.exec(authority);
  return match ? { scheme, host: match[1]!, port: Number(match[2]) } : undefined;
}

function passedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneConnection.includes(name)));
}

function statusOf(error: unknown): string {
  return error instanceof AddressRefused ? '403 Forbidden' : '502 Bad Gateway';
}

/** Why an address was refused is for the operator; it holds nothing that the asker did not send. */
function reasonOf(error: unknown): string {
  return error instanceof AddressRefused ? error.message : '';
}

function plainAnswer(status: string, text = ''): string {
  return `HTTP/1.1 ${status}\r\nproxy-authenticate: Basic\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`;
}

function refuse(response: ServerResponse, status: string, text = ''): void {
  response.writeHead(Number(status.slice(0, 3)), { 'proxy-authenticate': 'Basic', connection: 'close' }).end(text);
}
