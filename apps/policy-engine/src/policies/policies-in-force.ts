import { Injectable } from '@nestjs/common';
import { digestOf } from '@throughline/policy';
import { Database } from '@throughline/service';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import { PolicyRows } from './policy-rows.ts';

/** The policies that hold now, and a digest that changes with any of them. */
export interface PolicySet {
  readonly policies: readonly PublishedPolicy[];
  readonly digest: string;
}

const maxKept = 2000;

/** Hands out policies; a version never changes, so each is read once. */
@Injectable()
export class PoliciesInForce {
  private readonly known = new Map<string, PublishedPolicy>();

  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
  ) {}

  async now(): Promise<PolicySet> {
    const inForce = await this.database.transaction((tx) => this.table.inForce(tx));
    return { policies: await this.versions(inForce), digest: digestOf(inForce) };
  }

  /** Given versions, also of policies that are not in force any more. */
  async versions(wanted: readonly { name: string; version: number }[]): Promise<readonly PublishedPolicy[]> {
    const unread = wanted.filter((each) => !this.known.has(keyOf(each)));
    if (this.known.size + unread.length > maxKept) this.known.clear();
    const read = unread.length === 0 ? [] : await this.database.transaction((tx) => this.table.versions(tx, wanted));
    for (const { version, digest, document } of read)
      this.known.set(keyOf({ name: document.name, version }), { version, digest, document });
    return wanted.flatMap((each) => this.known.get(keyOf(each)) ?? []);
  }
}

function keyOf({ name, version }: { readonly name: string; readonly version: number }): string {
  return `${name} ${version}`;
}
