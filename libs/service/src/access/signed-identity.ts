import { createHash, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { serviceNames, type ServiceName } from '@throughline/contracts';
import { decodeJwt, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { ServiceConfig } from '../config/service-config.ts';
import type { Bound, Identity } from './identity.ts';

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

const typ = 'throughline-identity+jwt';
const algorithm = 'EdDSA';
const lifetimeSeconds = 60;
const longestSeconds = 60;
const clockToleranceSeconds = 5;

interface Claims extends JWTPayload {
  readonly kind: 'user' | 'service';
  readonly name: string;
  readonly rights?: readonly string[];
  readonly applications?: '*' | readonly string[];
  readonly bound?: Bound;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

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
  async sign(identity: Identity, use: SignedFor): Promise<string> {
    const claims: Claims = {
      kind: identity.kind,
      name: identity.name,
      method: use.method.toUpperCase(),
      path: use.path,
      body: use.body === 'streamed' ? 'streamed' : digestOf(use.body),
      ...(identity.kind === 'user' ? { rights: identity.rights, applications: identity.applications } : {}),
      ...(identity.bound ? { bound: identity.bound } : {}),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, typ })
      .setIssuer(this.self)
      .setSubject(identity.id)
      .setAudience(use.audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(this.privateKey);
  }

  /** Throws `IdentityRefused`. What it is bound to is compared by the caller, who knows the request. */
  async verify(token: string, audience: ServiceName = this.self): Promise<VerifiedIdentity> {
    try {
      const issuer = decodeJwt(token).iss as ServiceName;
      const key = this.publicKeys.get(issuer);
      if (!key) throw new IdentityRefused('nobody known signed it');
      const { payload } = await jwtVerify<Claims>(token, key, {
        algorithms: [algorithm],
        typ,
        issuer,
        audience,
        maxTokenAge: longestSeconds,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['sub', 'exp', 'iat', 'jti', 'kind', 'name', 'method', 'path', 'body'],
      });
      return verified(issuer, payload);
    } catch (error) {
      if (error instanceof IdentityRefused) throw error;
      throw new IdentityRefused((error as { code?: string }).code ?? 'it is malformed', { cause: error });
    }
  }
}

function verified(issuer: ServiceName, claims: Claims): VerifiedIdentity {
  if (claims.exp! - claims.iat! > longestSeconds) throw new IdentityRefused('it lives too long');
  if (claims.kind === 'user' && issuer !== 'gateway') throw new IdentityRefused(`${issuer} does not speak for users`);
  if (claims.kind !== 'user' && claims.sub !== issuer) throw new IdentityRefused(`${issuer} does not speak for ${claims.sub}`);
  const user = claims.kind === 'user';
  return {
    issuer,
    identity: {
      kind: user ? 'user' : 'service',
      id: claims.sub!,
      name: String(claims.name),
      rights: user ? [...(claims.rights ?? [])] : [],
      applications: user ? (claims.applications ?? []) : '*',
      ...(claims.bound ? { bound: claims.bound } : {}),
    },
    boundTo: { method: claims.method, path: claims.path, body: claims.body },
    id: claims.jti!,
    expires: claims.exp!,
  };
}

/** How a body is named in a signed identity. */
export function digestOf(body: Buffer | undefined): string {
  return createHash('sha256')
    .update(body ?? '')
    .digest('base64url');
}
