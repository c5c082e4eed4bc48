import { readdir, readFile } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Log } from '@throughline/service';
import { Policies } from './policies.ts';
import { PolicyRows } from './policy-rows.ts';

const folder = new URL('../../policies/', import.meta.url);

/** Publishes the policies that come with the installation: as version 1, later when a release changed one that nobody else did. */
@Injectable()
export class BuiltInPolicies implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
    private readonly policies: Policies,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()) {
      await this.load(file, await readFile(new URL(file, folder), 'utf8'));
    }
  }

  private async load(file: string, source: string): Promise<void> {
    const kept = await this.database.transaction((tx) => this.table.find(tx, file.replace(/\.yaml$/, '')));
    if (kept && (!kept.builtIn || kept.source === source)) return;
    const { policy, cases } = await this.policies.test(source);
    const failed = cases.find((each) => !each.passed);
    if (failed) throw new Error(`the built-in policy ${file} fails its case "${failed.name}": ${failed.difference ?? ''}`);
    await this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const current = await this.table.find(tx, policy.document.name);
      if (current && (!current.builtIn || current.source === source)) return;
      const { version } = await this.policies.publish(tx, { policy, source, by: 'throughline', builtIn: true });
      this.log.info({ policy: policy.document.name, version }, 'a built-in policy is in force');
    });
  }
}
