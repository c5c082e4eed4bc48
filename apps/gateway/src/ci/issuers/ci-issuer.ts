import type { CiClaims } from '@throughline/contracts';
import type { JWTPayload } from 'jose';

/** What a token says about the job that it was made for. */
export interface CiJob {
  readonly repositoryId: string;
  readonly ownerId: string;
  /** As the build system calls it today, e.g. `acme/shop`; only for people, never believed. */
  readonly repository?: string;
  readonly commit: string;
  /** Full ref. */
  readonly ref: string;
  /** What the build system says of the ref; undefined when it says nothing. */
  readonly refProtected?: boolean;
  readonly workflow?: string;
  /** What may have decided what the job runs, where that is not who may write to the ref. */
  readonly outside?: string;
  /** Which job it was, for people. */
  readonly run?: string;
}

/** A build system whose tokens are taken. */
export interface CiIssuerKind {
  readonly name: string;
  readonly title: string;
  /** The ids in its tokens are those by which the host of the repositories knows them. */
  readonly idsOfHost?: true;
  /** Reads the claims of a verified token; throws `ClaimMissing`. */
  job(claims: JWTPayload, named: CiClaims): CiJob;
}

/** A token of the right issuer that does not say what is needed. */
export class ClaimMissing extends Error {
  readonly code = 'claim_missing';
}

/** A claim that must be there, as text. */
export function textIn(claims: JWTPayload, name: string): string {
  const value = claims[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && value !== '' && value.length <= 2048) return value;
  throw new ClaimMissing(`the token has no claim ${name}`);
}

/** A claim that may be absent. */
export function maybeTextIn(claims: JWTPayload, name: string): string | undefined {
  return claims[name] === undefined || claims[name] === null || claims[name] === '' ? undefined : textIn(claims, name);
}

/** GitHub and GitLab write truth values as text. */
export function truthIn(claims: JWTPayload, name: string): boolean | undefined {
  const value = claims[name];
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}
