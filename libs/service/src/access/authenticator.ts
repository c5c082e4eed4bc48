import type { Identity } from './identity.ts';
import type { ServiceRequest } from './request.ts';
import type { Right } from './rights.ts';

/** Finds out who calls. */
export abstract class Authenticator {
  /** Throws `Problem` 401 for a caller that cannot be believed; answers undefined for one that shows nothing. */
  abstract authenticate(request: ServiceRequest): Promise<Identity | undefined> | Identity | undefined;

  /** The caller, as far as one right reaches; it may count for other applications than another right of the same caller. */
  forRight(caller: Identity, _right: Right | undefined): Identity {
    return caller;
  }

  /** True when also handlers with `@Public` need somebody: behind the gateway nobody calls unsigned. */
  abstract readonly alwaysRequired: boolean;
}
