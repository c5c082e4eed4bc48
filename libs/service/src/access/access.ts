import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { ServiceName } from '@throughline/contracts';
import type { Identity } from './identity.ts';
import { bearerOf, type ServiceRequest } from './request.ts';
import type { Right } from './rights.ts';

/** Who may call a handler. */
export type AccessRule =
  | { readonly kind: 'user'; readonly right?: Right; readonly bound?: boolean }
  | { readonly kind: 'internal'; readonly callers: readonly ServiceName[] }
  | { readonly kind: 'public'; readonly why: string }
  | { readonly kind: 'unsigned'; readonly why: string };

export const accessRule = 'throughline:access';

/**
 * A user with this right; without one, any user that is signed in. `bound`: also a job of a build system, because the handler
 * compares what it is asked about with what the job may speak about (`refuseOutOfBounds`).
 */
export const Access = (right?: Right, { bound = false }: { readonly bound?: boolean } = {}): CustomDecorator =>
  SetMetadata(accessRule, { kind: 'user', right, bound } satisfies AccessRule);

/** Anybody, by way of the gateway; the reason is for readers. */
export const Public = (why: string): CustomDecorator => SetMetadata(accessRule, { kind: 'public', why } satisfies AccessRule);

/** Only these services, for themselves. */
export const Internal = (...callers: readonly ServiceName[]): CustomDecorator =>
  SetMetadata(accessRule, { kind: 'internal', callers } satisfies AccessRule);

/** Anybody who reaches the port, without a signed identity: health and the like. */
export const Unsigned = (why: string): CustomDecorator => SetMetadata(accessRule, { kind: 'unsigned', why } satisfies AccessRule);

/** The caller, as a parameter of a handler. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity | undefined => {
  return context.switchToHttp().getRequest<ServiceRequest>().caller;
});

/** The caller's signed identity, to ask another service in the caller's name (`InternalClient`, `as`). */
export const CallerToken = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const request = context.switchToHttp().getRequest<ServiceRequest>();
  const onBehalf = request.headers['x-throughline-on-behalf-of'];
  return typeof onBehalf === 'string' ? onBehalf : bearerOf(request);
});
