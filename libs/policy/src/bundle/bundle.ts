import type { KeyObject } from 'node:crypto';
import { canonicalJson, digestOfBytes } from '../canonical.ts';
import { opened, signed, type Envelope } from './envelope.ts';

export const bundleType = 'application/vnd.throughline.policy-bundle.v1+json';

/** A policy of a bundle: its version, the digest of its rules, and its text with its cases. */
export interface BundledPolicy {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly source: string;
}

/** All policies that are in force together, under a number that only rises. */
export interface PolicyBundle {
  readonly sequence: number;
  /** ISO 8601 UTC. */
  readonly publishedAt: string;
  readonly by: string;
  /** By name. */
  readonly policies: readonly BundledPolicy[];
}

/** A bundle that is not to be believed. */
export class BundleRefused extends Error {
  readonly code = 'bundle_refused';
}

/** Against what a bundle is held. */
export interface Trust {
  readonly keys: readonly KeyObject[];
  /** Sequence of the last bundle that was seen; one that is not above it is refused. */
  readonly after?: number;
}

/** A bundle that was verified. */
export interface VerifiedBundle {
  readonly bundle: PolicyBundle;
  readonly digest: string;
  readonly keyId: string;
}

/** Signs a bundle; its digest is that of the signed bytes, which are its canonical JSON. */
export function sealBundle(bundle: PolicyBundle, privateKey: KeyObject): { readonly envelope: Envelope; readonly digest: string } {
  const payload = Buffer.from(canonicalJson(bundle));
  return { envelope: signed(bundleType, payload, privateKey), digest: digestOfBytes(payload) };
}

/** Verifies signature and sequence, and that it is a bundle. Throws `EnvelopeRefused` or `BundleRefused`. */
export function openBundle(envelope: unknown, { keys, after }: Trust): VerifiedBundle {
  const { payload, keyId } = opened(envelope, [bundleType], keys);
  const bundle = bundleIn(payload);
  if (after !== undefined && bundle.sequence <= after)
    throw new BundleRefused(`it has the sequence ${bundle.sequence}, and ${after} was seen already: an older bundle never comes back`);
  return { bundle, digest: digestOfBytes(payload), keyId };
}

function bundleIn(payload: Buffer): PolicyBundle {
  let bundle: PolicyBundle;
  try {
    bundle = JSON.parse(payload.toString('utf8')) as PolicyBundle;
  } catch {
    throw new BundleRefused('what was signed is no JSON');
  }
  const { sequence, policies } = (bundle ?? {}) as Partial<PolicyBundle>;
  if (!Number.isSafeInteger(sequence) || sequence! < 1 || !Array.isArray(policies) || !policies.every(isPolicy))
    throw new BundleRefused('what was signed is no bundle');
  const names = policies.map(({ name }) => name);
  if (names.join('\n') !== [...new Set(names)].sort().join('\n')) throw new BundleRefused('its policies are not in order, each once');
  return bundle;
}

/** The text is not read here: a later version of ours may read more out of it than the one that signed. */
function isPolicy(value: unknown): value is BundledPolicy {
  const { name, version, digest, source } = (value ?? {}) as Partial<Record<keyof BundledPolicy, unknown>>;
  const texts = typeof name === 'string' && typeof source === 'string' && typeof digest === 'string';
  return texts && Number.isSafeInteger(version) && /^sha256:[0-9a-f]{64}$/.test(digest);
}
