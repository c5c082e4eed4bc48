import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver that keeps each request and answers as told. */
export interface HttpReceiver {
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** Decides each answer; 200 when absent. */
  answer: ((request: ReceivedRequest) => { status: number; headers?: Record<string, string>; body?: string }) | undefined;
  close(): Promise<void>;
}

export async function httpReceiver(): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  const state: Pick<HttpReceiver, 'answer'> = { answer: undefined };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = {
        method: request.method!,
        path: request.url!,
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(received);
      const { status, headers, body } = state.answer?.(received) ?? { status: 200, headers: undefined, body: '{}' };
      response.writeHead(status, headers).end(body ?? '');
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get answer() {
      return state.answer;
    },
    set answer(answer) {
      state.answer = answer;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
