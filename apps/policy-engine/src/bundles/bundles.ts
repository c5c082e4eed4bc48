import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BundleRefused, EnvelopeRefused, keyIdOf, openBundle, sealBundle, type PolicyBundle } from '@throughline/policy';
import { Problem, type Tx } from '@throughline/service';
import { PolicyRows } from '../policies/policy-rows.ts';
import { BundleKeys } from './bundle-keys.ts';
import { BundleRows, type BundleRow, type WholeBundleRow } from './bundle-rows.ts';

/** Which bundle a decision was judged with. */
export interface BundleName {
  readonly sequence: number;
  readonly digest: string;
}

/** What is in force, as a table says it. */
type InForce = readonly { readonly name: string; readonly version: number; readonly digest: string }[];

/** Numbers and signs what is in force together, in the transaction that changes it. */
@Injectable()
export class Bundles {
  /** The bundle that was last found to be what is in force. */
  private checked: { readonly name: BundleName; readonly policies: string } | undefined;

  constructor(
    private readonly table: BundleRows,
    private readonly keys: BundleKeys,
    private readonly policies: PolicyRows,
  ) {}

  /** Whether anything was ever signed here. */
  async any(tx: Tx): Promise<boolean> {
    return (await this.table.current(tx)) !== undefined;
  }

  /** Nothing follows on what was never signed: the next bundle would make it good. Throws `Problem` 503. */
  async refuseUnsigned(tx: Tx): Promise<void> {
    await this.holding(tx, await this.policies.inForce(tx));
  }

  /** Publishes what is in force now as the next bundle; whoever calls this holds the lock on policies. */
  async publish(tx: Tx, by: string, note?: string): Promise<BundleRow> {
    const inForce = await this.policies.inForce(tx);
    const sources = await this.policies.versions(tx, inForce);
    const bundle: PolicyBundle = {
      sequence: ((await this.table.current(tx))?.sequence ?? 0) + 1,
      publishedAt: new Date().toISOString(),
      by,
      policies: sources
        .map(({ name, version, digest, source }) => ({ name, version, digest, source }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const key = await this.keys.signing(tx);
    const { envelope, digest } = sealBundle(bundle, key);
    const row: WholeBundleRow = {
      ...{ sequence: bundle.sequence, digest, keyId: keyIdOf(createPublicKey(key)), policies: bundle.policies.length, by },
      note: note ?? null,
      publishedAt: new Date(bundle.publishedAt),
      envelope: JSON.stringify(envelope),
    };
    await this.table.insert(tx, row);
    return row;
  }

  /** A kept bundle, verified. Throws `Problem` 404, or 409 for one that was changed since it was signed. */
  async open(tx: Tx, sequence: number): Promise<{ readonly row: WholeBundleRow; readonly bundle: PolicyBundle }> {
    const row = await this.table.find(tx, sequence);
    if (!row) throw new Problem(404, 'not_found', `there is no policy bundle ${sequence}`);
    try {
      const { bundle, digest } = openBundle(JSON.parse(row.envelope), { keys: await this.keys.trusted(tx) });
      if (bundle.sequence === sequence && digest === row.digest) return { row, bundle };
      throw new BundleRefused('it is another one than the row says');
    } catch (error) {
      if (!(error instanceof BundleRefused || error instanceof EnvelopeRefused || error instanceof SyntaxError)) throw error;
      throw new Problem(409, 'bundle_refused', `the policy bundle ${sequence} was changed: ${error.message}`);
    }
  }

  /**
   * The bundle that holds; throws `Problem` 503 when what is in force is not what was signed, so that nothing is judged by
   * policies that somebody wrote into the database.
   */
  async holding(tx: Tx, inForce: InForce): Promise<BundleName> {
    const current = await this.table.current(tx);
    const policies = said(inForce);
    const known = this.checked;
    if (known && current && known.name.sequence === current.sequence && known.name.digest === current.digest && known.policies === policies)
      return known.name;
    if (!current) throw tampered('no bundle was ever signed');
    if (known && current.sequence < known.name.sequence) throw tampered(`the bundle ${known.name.sequence} was in force, and is gone`);
    const { bundle } = await this.open(tx, current.sequence).catch((error: unknown) => {
      throw error instanceof Problem ? tampered(error.message) : error;
    });
    if (said(bundle.policies) !== policies) throw tampered(`the bundle ${current.sequence} names others`);
    this.checked = { name: { sequence: current.sequence, digest: current.digest }, policies };
    return this.checked.name;
  }
}

function said(policies: InForce): string {
  return policies
    .map(({ name, version, digest }) => `${name} ${version} ${digest}`)
    .sort()
    .join('\n');
}

function tampered(why: string): Problem {
  const wayOut = 'restore the database, or look at what is in force and have it signed with a new key (POST /api/v1/policies/keys)';
  return new Problem(503, 'policies_not_signed', `what is in force as policies is not what was signed: ${why}. ${wayOut}`);
}
