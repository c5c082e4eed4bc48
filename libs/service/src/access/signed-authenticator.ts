import { Injectable } from '@nestjs/common';
import { Problem } from '../http/problem.ts';
import { Authenticator } from './authenticator.ts';
import type { Identity } from './identity.ts';
import { bearerOf, type ServiceRequest } from './request.ts';
import { digestOf, IdentityRefused, SignedIdentities, type VerifiedIdentity } from './signed-identity.ts';
import { SingleUse } from './single-use.ts';

/** Believes what one of our services signed for exactly this request. */
@Injectable()
export class SignedAuthenticator extends Authenticator {
  override readonly alwaysRequired = true;
  private readonly used = new SingleUse();

  constructor(private readonly identities: SignedIdentities) {
    super();
  }

  override authenticate(request: ServiceRequest): Identity | undefined {
    const token = bearerOf(request);
    if (!token) return undefined;
    try {
      const outer = this.identities.verify(token);
      this.refuseOtherRequest(outer, request);
      const onBehalf = request.headers['x-throughline-on-behalf-of'];
      return typeof onBehalf === 'string' ? this.userOf(onBehalf, outer) : outer.identity;
    } catch (error) {
      if (error instanceof IdentityRefused)
        throw new Problem(401, 'unauthorized', `the identity of the caller was refused: ${error.message}`);
      throw error;
    }
  }

  private refuseOtherRequest({ issuer, boundTo, id, expires }: VerifiedIdentity, request: ServiceRequest): void {
    if (boundTo.method !== request.method || boundTo.path !== request.url) throw new IdentityRefused('it is for another request');
    const streamed = boundTo.body === 'streamed' && issuer === 'gateway';
    if (!streamed && boundTo.body !== digestOf(request.rawBody)) throw new IdentityRefused('it is for another body');
    if (!this.used.first(id, expires)) throw new IdentityRefused('it was used before');
  }

  /** A service hands on what the gateway had signed for it: the user's rights, never more. */
  private userOf(token: string, outer: VerifiedIdentity): Identity {
    const inner = this.identities.verify(token, outer.issuer);
    if (inner.identity.kind !== 'user') throw new IdentityRefused(`${outer.issuer} handed on an identity that is no user's`);
    return inner.identity;
  }
}
