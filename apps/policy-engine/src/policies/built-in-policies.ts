import { readdir, readFile } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Log, type Tx } from '@throughline/service';
import { Bundles } from '../bundles/bundles.ts';
import type { PublishedPolicy } from '../evaluation/orders.ts';
import { Policies } from './policies.ts';
import { PolicyRows } from './policy-rows.ts';

const folder = new URL('../../policies/', import.meta.url);
const by = 'throughline';

interface Fresh {
  readonly policy: PublishedPolicy;
  readonly source: string;
}

/** Publishes the policies that come with the installation: as version 1, later when a release changed one that nobody else did. */
@Injectable()
export class BuiltInPolicies implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
    private readonly policies: Policies,
    private readonly bundles: Bundles,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
    const fresh: Fresh[] = [];
    for (const file of files) fresh.push(...(await this.read(file, await readFile(new URL(file, folder), 'utf8'))));
    await this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const published = await this.publish(tx, fresh);
      if (published || !(await this.bundles.any(tx))) await this.bundles.publish(tx, by, 'the policies that come with the installation');
    });
  }

  /** A policy that is not known, or that a release changed and nobody else did; with its cases tried. */
  private async read(file: string, source: string): Promise<Fresh[]> {
    const kept = await this.database.transaction((tx) => this.table.find(tx, file.replace(/\.yaml$/, '')));
    if (kept && (!kept.builtIn || kept.source === source)) return [];
    const { policy, cases } = await this.policies.test(source);
    const failed = cases.find((each) => !each.passed);
    if (failed) throw new Error(`the built-in policy ${file} fails its case "${failed.name}": ${failed.difference ?? ''}`);
    return [{ policy, source }];
  }

  private async publish(tx: Tx, fresh: readonly Fresh[]): Promise<boolean> {
    let published = false;
    for (const { policy, source } of fresh) {
      const current = await this.table.find(tx, policy.document.name);
      if (current && (!current.builtIn || current.source === source)) continue;
      const { version } = await this.policies.putInForce(tx, { policy, source, by, builtIn: true });
      this.log.info({ policy: policy.document.name, version }, 'a built-in policy is in force');
      published = true;
    }
    return published;
  }
}
