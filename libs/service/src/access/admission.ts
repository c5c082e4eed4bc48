import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { ServiceName } from '@throughline/contracts';
import { Problem } from '../http/problem.ts';
import type { AccessRule } from './access.ts';
import type { Authenticator } from './authenticator.ts';
import type { Identity } from './identity.ts';
import type { ServiceRequest } from './request.ts';
import { grants } from './rights.ts';
import { SignedAuthenticator } from './signed-authenticator.ts';

/** Class of the provider that finds out who calls. */
export const AUTHENTICATOR = Symbol('authenticator');

/** Finds out who calls and holds the rule of a handler to it; a handler without a rule is shut. */
@Injectable()
export class Admission {
  constructor(
    private readonly modules: ModuleRef,
    @Inject(AUTHENTICATOR) private readonly authenticator: Type<Authenticator>,
  ) {}

  /** Throws `Problem` 401 or 403; afterwards `request.caller` is set. */
  async admit(rule: AccessRule | undefined, request: ServiceRequest): Promise<void> {
    if (!rule) throw new Problem(403, 'forbidden', 'this handler declares no access rule');
    if (rule.kind === 'unsigned') return;
    // Our services call one another in one way, also where users come in by another door.
    const authenticator = this.modules.get<Authenticator>(rule.kind === 'internal' ? SignedAuthenticator : this.authenticator, {
      strict: false,
    });
    const caller = await authenticator.authenticate(request);
    request.caller = caller && authenticator.forRight(caller, rule.kind === 'user' ? rule.right : undefined);
    refuse(rule, request.caller, authenticator.alwaysRequired);
  }
}

function refuse(rule: AccessRule, caller: Identity | undefined, alwaysRequired: boolean): void {
  if (!caller) {
    if (rule.kind === 'public' && !alwaysRequired) return;
    throw new Problem(401, 'unauthorized', 'this call needs an identity: send `Authorization: Bearer <token>`');
  }
  if (rule.kind === 'internal') {
    const allowed = caller.kind === 'service' && rule.callers.includes(caller.id as ServiceName);
    if (!allowed) throw new Problem(403, 'forbidden', `only ${rule.callers.join(', ')} may call this`);
  }
  if (rule.kind === 'user') {
    if (caller.bound && !rule.bound)
      throw new Problem(403, 'out_of_bounds', 'a token of a CI job is for its own commit: it may not do this');
    if (caller.kind !== 'user') throw new Problem(403, 'forbidden', `${caller.id} calls for itself; this needs a user`);
    if (rule.right && !grants(caller.rights, rule.right)) throw new Problem(403, 'forbidden', `this needs the right ${rule.right}`);
  }
}
