import { Injectable } from '@nestjs/common';
import { digestOf, policyDigest } from '@throughline/policy';
import { Database, Problem, type Tx } from '@throughline/service';
import { Bundles, type BundleName } from '../bundles/bundles.ts';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import { PolicyRows } from './policy-rows.ts';

/** The policies that hold now, and a digest that changes with any of them. */
export interface PolicySet {
  readonly policies: readonly PublishedPolicy[];
  readonly digest: string;
  /** The signed bundle that they are. */
  readonly bundle: BundleName;
}

const maxKept = 2000;

/** Hands out policies; a version never changes, so each is read once. */
@Injectable()
export class PoliciesInForce {
  private readonly known = new Map<string, PublishedPolicy>();

  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
    private readonly bundles: Bundles,
  ) {}

  /** Throws `Problem` 503 when what is in force is not what was signed. */
  async now(): Promise<PolicySet> {
    const { inForce, bundle } = await this.database.transaction((tx) =>
      this.held(tx).catch(async (error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        // Somebody may publish at this moment: between the two questions. Looked at again when they are done.
        await this.table.lock(tx);
        return this.held(tx);
      }),
    );
    return { policies: await this.versions(inForce), digest: digestOf(inForce), bundle };
  }

  private async held(tx: Tx) {
    const inForce = await this.table.inForce(tx);
    return { inForce, bundle: await this.bundles.holding(tx, inForce) };
  }

  /** Given versions, also of policies that are not in force any more. */
  async versions(wanted: readonly { name: string; version: number }[]): Promise<readonly PublishedPolicy[]> {
    const unread = wanted.filter((each) => !this.known.has(keyOf(each)));
    if (this.known.size + unread.length > maxKept) this.known.clear();
    const read = unread.length === 0 ? [] : await this.database.transaction((tx) => this.table.versions(tx, wanted));
    for (const { version, digest, document } of read) {
      if (policyDigest(document) !== digest)
        throw new Problem(503, 'policies_not_signed', `the policy ${document.name} is not what its digest says`);
      this.known.set(keyOf({ name: document.name, version }), { version, digest, document });
    }
    return wanted.flatMap((each) => this.known.get(keyOf(each)) ?? []);
  }
}

function keyOf({ name, version }: { readonly name: string; readonly version: number }): string {
  return `${name} ${version}`;
}
