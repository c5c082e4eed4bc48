import { Injectable } from '@nestjs/common';
import type { CiRepository, IdentityRequest, RepositoryIdentity } from '@throughline/contracts';
import { InternalClient, Problem, type Bound } from '@throughline/service';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { Clock } from '../access/clock.ts';
import { PublicAddress } from '../site/public-address.ts';
import { CiIssuers, type CiIssuerRow } from './ci-issuers.ts';
import { ClaimMissing, type CiIssuerKind } from './issuers/ci-issuer.ts';
import { ciIssuerKinds } from './issuers/registry.ts';
import { boundsOf, configuredFor, refused as notBound } from './job-bounds.ts';
import { SigningKeys } from './signing-keys.ts';

/** A token of a CI job that was verified, and what the job may speak about. */
export interface VerifiedJob {
  /** Name of the issuer here. */
  readonly issuer: string;
  /** Who the job is, for people. */
  readonly name: string;
  readonly bound: Bound;
  /** Its single use. */
  readonly id: string;
  readonly expires: Date;
}

/** Public keys only; a shared secret is none that an issuer could have with us. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const skewSeconds = 30;
const longestSeconds = 24 * 3600;
const keyIdForm = /^[\x21-\x7e]{1,256}$/;

/** Verifies the tokens that build systems make for their jobs. */
@Injectable()
export class JobTokens {
  constructor(
    private readonly issuers: CiIssuers,
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
    private readonly address: PublicAddress,
    private readonly services: InternalClient,
  ) {}

  /** Throws `Problem` 401 for a token that is not to be believed, 403 for one that may not speak here, 503 for an issuer that is away. */
  async verify(token: string): Promise<VerifiedJob> {
    const keyId = keyIdOf(headerOf(token));
    const issuer = await this.issuerOf(token);
    const claims = await this.claimsOf(token, issuer, keyId);
    const kind = ciIssuerKinds.find(({ name }) => name === issuer.document.kind);
    if (!kind) throw refused(`tokens of the kind ${issuer.document.kind} are not read any more`);
    try {
      const job = kind.job(claims, issuer.document.claims ?? {});
      const known = configuredFor(job, issuer.document.repositories);
      const bound = boundsOf(job, known, await this.identityOf(known, kind));
      const name = [kind.title, bound.repository, job.run].filter(Boolean).join(' ').slice(0, 200);
      return { issuer: issuer.name, name, bound, id: claims.jti!, expires: new Date((claims.exp! + skewSeconds) * 1000) };
    } catch (error) {
      if (error instanceof ClaimMissing) throw refused(error.message);
      throw error;
    }
  }

  /** Who the repository is here: that it has, or had, the name that was configured does not make another one of it. */
  private async identityOf({ repository, repositoryId }: CiRepository, { idsOfHost }: CiIssuerKind): Promise<RepositoryIdentity> {
    const body: IdentityRequest = { repository, ...(idsOfHost ? { hostId: repositoryId } : {}) };
    try {
      return await this.services.call<RepositoryIdentity>('ingest', { method: 'POST', path: '/internal/repositories/identify', body });
    } catch (error) {
      if (error instanceof Problem && error.status === 409) throw notBound(error.detail);
      throw error;
    }
  }

  /** The issuer is looked up among those that were configured; what the token says of it leads nowhere. */
  private async issuerOf(token: string): Promise<CiIssuerRow> {
    const said = unverified(token).iss;
    const issuer = typeof said === 'string' ? await this.issuers.byIssuer(said) : undefined;
    if (!issuer) throw refused(`the token is of ${JSON.stringify(said ?? null).slice(0, 200)}, which is no issuer that is known here`);
    return issuer;
  }

  private async claimsOf(token: string, { document }: CiIssuerRow, keyId: string): Promise<JWTPayload> {
    const audience = document.audience ?? this.address.origin;
    const keys = await this.keys.of(document.issuer, keyId);
    try {
      const { payload } = await jwtVerify(token, keys, {
        ...{ algorithms, issuer: document.issuer, audience },
        clockTolerance: skewSeconds,
        currentDate: this.clock.now(),
        requiredClaims: ['exp', 'iat', 'jti', 'aud', 'iss'],
      });
      if (Array.isArray(payload.aud) && payload.aud.length > 1) throw refused('the token is for others too: its audience must be us alone');
      if (payload.exp! - payload.iat! > longestSeconds) throw refused('the token lives longer than a day');
      if (typeof payload.jti !== 'string' || payload.jti === '' || payload.jti.length > 200) throw refused('the token has no usable jti');
      return payload;
    } catch (error) {
      throw error instanceof Problem ? error : refused(reasonOf(error, audience));
    }
  }
}

function unverified(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw refused('the token is no JWT');
  }
}

function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw refused('the token is no JWT');
  }
}

/** Says no before anything is fetched or computed for a token that brings its own keys, or is signed with none. */
function keyIdOf(header: ProtectedHeaderParameters): string {
  const own = (['jku', 'x5u', 'jwk', 'x5c'] as const).find((name) => header[name] !== undefined);
  if (own) throw refused(`the token brings its own keys (${own}): they are only taken from its issuer`);
  if (header.crit !== undefined) throw refused('the token asks for extensions (crit) that are not known here');
  if (!algorithms.includes(header.alg ?? ''))
    throw refused(`the token is signed with ${JSON.stringify(header.alg ?? null)}, which is not taken`);
  if (typeof header.kid !== 'string' || !keyIdForm.test(header.kid))
    throw refused('the token does not say with which key it was signed (kid)');
  return header.kid;
}

function reasonOf(error: unknown, audience: string): string {
  const { code, claim } = error as { code?: string; claim?: string };
  if (code === 'ERR_JWT_EXPIRED') return 'the token has expired';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && claim === 'aud') return `the token is for another audience: ask for ${audience}`;
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && claim === 'nbf') return 'the token is not good yet';
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return `its claim ${claim ?? ''} is missing or wrong`;
  if (code === 'ERR_JWKS_NO_MATCHING_KEY') return 'it was signed with a key that its issuer does not have';
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return 'its signature is not its issuer’s';
  return 'it cannot be verified';
}

function refused(why: string): Problem {
  return new Problem(401, 'unauthorized', `the token of the CI job was refused: ${why}`);
}
