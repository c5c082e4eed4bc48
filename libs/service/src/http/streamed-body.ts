import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { ServiceRequest } from '../access/request.ts';

/** Under this type the gateway passes bodies to handlers that read them as a stream (`@Answers({ streams })`). */
export const streamedType = 'application/x-throughline-stream';

/** So much is held, as the gateway does: it is bound to the signed identity by its digest. */
const heldBytes = 1024 * 1024;

/** Bodies of the streamed type are not read to their end before somebody with the right to send them asks for them. */
export function acceptStreams(server: FastifyInstance): void {
  server.addContentTypeParser(streamedType, async (request: ServiceRequest, payload: Readable) => {
    const chunks: Buffer[] = [];
    let held = 0;
    const iterator = payload.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
    // An answer may be given before all was read: the rest is thrown away, or the connection would be of no use any more.
    request.dropBody = () => void iterator.return?.().then(() => payload.resume());
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      chunks.push(next.value);
      held += next.value.length;
      if (held <= heldBytes) continue;
      request.bodyStream = Readable.from(rest(chunks, iterator), { objectMode: false });
      return undefined;
    }
    request.rawBody = Buffer.concat(chunks);
    return undefined;
  });
  server.addHook('onSend', (request: ServiceRequest, _reply, _payload, done) => {
    request.dropBody?.();
    done();
  });
}

/** The body as a stream, whichever way it came; undefined without one. */
export const BodyStream = createParamDecorator((_: unknown, context: ExecutionContext): Readable | undefined => {
  const { bodyStream, rawBody } = context.switchToHttp().getRequest<ServiceRequest>();
  return bodyStream ?? (rawBody && rawBody.length > 0 ? Readable.from([rawBody]) : undefined);
});

async function* rest(chunks: Buffer[], iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (const chunk of chunks.splice(0)) yield chunk;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}
