import type { FastifyRequest } from 'fastify';
import type { Identity } from './identity.ts';

/** A request as handlers of ours see it. */
export type ServiceRequest = FastifyRequest & {
  /** The body as it came, before anything was parsed. */
  rawBody?: Buffer;
  caller?: Identity;
};

/** The signed identity that came with a request. */
export function bearerOf(request: { headers: { authorization?: string } }): string | undefined {
  const match = /^Bearer ([^\s]{1,16384})$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}
