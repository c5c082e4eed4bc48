import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Identity } from './identity.ts';

/** A request as handlers of ours see it. */
export type ServiceRequest = FastifyRequest & {
  /** The body as it came, before anything was parsed. */
  rawBody?: Buffer;
  /** The body of a handler that streams, when it is too large to be held. */
  bodyStream?: Readable;
  /** Throws away what nobody has read of it. */
  dropBody?: () => void;
  caller?: Identity;
};

/** The signed identity that came with a request. */
export function bearerOf(request: { headers: { authorization?: string } }): string | undefined {
  const match = /^Bearer ([^\s]{1,16384})$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}
