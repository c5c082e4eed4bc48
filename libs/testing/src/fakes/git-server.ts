import { spawn, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The bare repositories of a folder over HTTP, as git itself serves them; writing needs this credential. */
export interface GitServer {
  readonly origin: string;
  /** Refs that were written, in order. */
  readonly pushes: readonly string[];
  /** Waits before each push is taken. */
  beforePush: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

export async function gitServer(root: string, authorization: string): Promise<GitServer> {
  const state: { beforePush: GitServer['beforePush'] } = { beforePush: undefined };
  const pushes: string[] = [];
  const program = join(spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim(), 'git-http-backend');
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://x');
    const writes = url.pathname.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack';
    if (writes && request.headers.authorization !== authorization) return void response.writeHead(403).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (url.pathname.endsWith('/git-receive-pack')) {
      pushes.push(...(body.toString('latin1').match(/refs\/[^\0\s]+/g) ?? []));
      await state.beforePush?.();
      if (response.destroyed) return;
    }
    serve(request, url, body, response);
  }

  function serve(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const environment = {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'http.receivepack',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_CONFIG_KEY_1: 'safe.directory',
      GIT_CONFIG_VALUE_1: '*',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: (request.headers['git-protocol'] as string | undefined) ?? '',
      REMOTE_USER: 'somebody',
    };
    const child = spawn(program, [], { env: environment, stdio: ['pipe', 'pipe', 'ignore'] });
    const said: Buffer[] = [];
    child.stdin.on('error', () => undefined);
    child.stdin.end(body);
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('close', () => respond(Buffer.concat(said), response));
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushes,
    get beforePush() {
      return state.beforePush;
    },
    set beforePush(wait) {
      state.beforePush = wait;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Headers as a CGI program writes them, then the body. */
function respond(said: Buffer, response: ServerResponse): void {
  const end = said.indexOf('\r\n\r\n');
  const headers = Object.fromEntries(
    said
      .subarray(0, Math.max(end, 0))
      .toString('latin1')
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const { status = '200', ...others } = headers;
  response.writeHead(Number.parseInt(status, 10), others).end(said.subarray(end + 4));
}
