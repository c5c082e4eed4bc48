import { readdir, readFile } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Log, Problem, type Tx } from '@throughline/service';
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
      const isFirst = !(await this.bundles.any(tx));
      if (!isFirst && fresh.length > 0 && !(await this.isSigned(tx))) return;
      const published = await this.publish(tx, fresh);
      if (published || isFirst) await this.bundles.publish(tx, by, 'the policies that come with the installation');
    });
  }

  /** Without that the service comes up all the same: people have to look at it, and it judges nothing meanwhile. */
  private async isSigned(tx: Tx): Promise<boolean> {
    try {
      await this.bundles.refuseUnsigned(tx);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.log.error({ error }, 'the policies that come with this release are not published');
      return false;
    }
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
