import { createHash, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { serviceNames, type ServiceName } from '@throughline/contracts';
import type { ServiceConfig } from '../config/service-config.ts';
import { readToken, signToken, TokenBroken } from './compact-token.ts';
import type { Bound, Identity, Person } from './identity.ts';

/** What a signed identity is good for: one request to one service. */
export interface SignedFor {
  readonly audience: ServiceName;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** `streamed` for a body that was too large to be held while it was signed. */
  readonly body: Buffer | 'streamed' | undefined;
}

/** What was verified: who signed, for whom, and which single use it was. */
export interface VerifiedIdentity {
  readonly issuer: ServiceName;
  readonly identity: Identity;
  readonly boundTo: { readonly method: string; readonly path: string; readonly body: string };
  readonly id: string;
  readonly expires: number;
}

/** A signed identity that is not to be believed. */
export class IdentityRefused extends Error {
  readonly code = 'identity_refused';
}

const lifetimeSeconds = 60;
const longestSeconds = 60;
const clockToleranceSeconds = 5;

/** What a token says; times in seconds since 1970. */
interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly kind: string;
  readonly name: string;
  readonly rights?: readonly string[];
  readonly applications?: '*' | readonly string[];
  readonly person?: Person;
  readonly bound?: Bound;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const texts = ['iss', 'sub', 'aud', 'jti', 'kind', 'name', 'method', 'path', 'body'] as const;

/** Signs calls with the service's own key and verifies those of the others (Ed25519, RFC 8037). */
export class SignedIdentities {
  constructor(
    private readonly self: ServiceName,
    private readonly privateKey: KeyObject,
    private readonly publicKeys: ReadonlyMap<ServiceName, KeyObject>,
  ) {}

  static fromFiles(config: ServiceConfig): SignedIdentities {
    const listed = JSON.parse(readFileSync(config.identityPublicKeysFile, 'utf8')) as Record<string, string>;
    const publicKeys = new Map<ServiceName, KeyObject>();
    for (const name of serviceNames) if (listed[name]) publicKeys.set(name, createPublicKey(listed[name]));
    return new SignedIdentities(config.serviceName, createPrivateKey(readFileSync(config.identityPrivateKeyFile)), publicKeys);
  }

  /** The service itself, as it calls others. */
  ownIdentity(): Identity {
    return { kind: 'service', id: this.self, name: this.self, rights: [], applications: '*' };
  }

  /** Signs who calls for exactly one request; only the gateway speaks for users. */
  sign(identity: Identity, use: SignedFor): string {
    const now = Math.floor(Date.now() / 1000);
    const claims: Claims = {
      iss: this.self,
      sub: identity.id,
      aud: use.audience,
      jti: randomUUID(),
      iat: now,
      exp: now + lifetimeSeconds,
      kind: identity.kind,
      name: identity.name,
      method: use.method.toUpperCase(),
      path: use.path,
      body: use.body === 'streamed' ? 'streamed' : digestOf(use.body),
      ...(identity.kind === 'user' ? { rights: identity.rights, applications: identity.applications } : {}),
      ...(identity.kind === 'user' && identity.person ? { person: identity.person } : {}),
      ...(identity.bound ? { bound: identity.bound } : {}),
    };
    return signToken(claims, this.privateKey);
  }

  /** Throws `IdentityRefused`. What it is bound to is compared by the caller, who knows the request. */
  verify(token: string, audience: ServiceName = this.self): VerifiedIdentity {
    try {
      const claims = completeClaims(readToken(token, ({ iss }) => this.keyOf(iss)));
      refuseOtherTime(claims, Date.now() / 1000);
      if (claims.aud !== audience) throw new IdentityRefused('it is for another service');
      return verified(claims.iss as ServiceName, claims);
    } catch (error) {
      if (error instanceof TokenBroken) throw new IdentityRefused(error.message, { cause: error });
      throw error;
    }
  }

  private keyOf(issuer: unknown): KeyObject {
    const key = this.publicKeys.get(issuer as ServiceName);
    if (!key) throw new IdentityRefused('nobody known signed it');
    return key;
  }
}

function completeClaims(said: object): Claims {
  const claims = said as Claims;
  const missing = texts.find((name) => typeof claims[name] !== 'string');
  if (missing) throw new IdentityRefused(`it has no ${missing}`);
  if (!Number.isFinite(claims.iat) || !Number.isFinite(claims.exp)) throw new IdentityRefused('it does not say when it is good');
  return claims;
}

/** Clocks of machines differ a little. */
function refuseOtherTime({ iat, exp }: Claims, now: number): void {
  if (exp <= now - clockToleranceSeconds || now - iat > longestSeconds + clockToleranceSeconds) throw new IdentityRefused('it is over');
  if (iat > now + clockToleranceSeconds) throw new IdentityRefused('it is of a time to come');
  if (exp - iat > longestSeconds) throw new IdentityRefused('it lives too long');
}

function verified(issuer: ServiceName, claims: Claims): VerifiedIdentity {
  if (claims.kind === 'user' && issuer !== 'gateway') throw new IdentityRefused(`${issuer} does not speak for users`);
  if (claims.kind !== 'user' && claims.sub !== issuer) throw new IdentityRefused(`${issuer} does not speak for ${claims.sub}`);
  const user = claims.kind === 'user';
  return {
    issuer,
    identity: {
      kind: user ? 'user' : 'service',
      id: claims.sub,
      name: claims.name,
      rights: user ? [...(claims.rights ?? [])] : [],
      applications: user ? (claims.applications ?? []) : '*',
      ...(user && claims.person ? { person: claims.person } : {}),
      ...(claims.bound ? { bound: claims.bound } : {}),
    },
    boundTo: { method: claims.method, path: claims.path, body: claims.body },
    id: claims.jti,
    expires: claims.exp,
  };
}

/** How a body is named in a signed identity. */
export function digestOf(body: Buffer | undefined): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('base64url');
}
