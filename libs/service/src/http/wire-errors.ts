import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { documentOf } from './problem-of.ts';
import { Problem } from './problem.ts';

const media = 'application/problem+json';

/** A request that cannot be read as HTTP reaches no handler: it is answered on the socket, and the connection ends. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = unreadable(error.code);
  const document = documentOf(problem, undefined);
  const body = JSON.stringify(document);
  const head = [
    `HTTP/1.1 ${problem.status} ${document.title}`,
    `content-type: ${media}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** A path that the router cannot decode. */
export function answerUndecodable(_error: Error, _request: unknown, reply: FastifyReply): void {
  const problem = new Problem(400, 'bad_request', 'the path cannot be decoded');
  void reply
    .status(problem.status)
    .type(media)
    .send(JSON.stringify(documentOf(problem, undefined)));
}

function unreadable(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, 'headers_too_large', 'the headers are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'too_slow', 'the request took too long to arrive');
  return new Problem(400, 'bad_request', 'this is not a request in HTTP/1.1');
}
