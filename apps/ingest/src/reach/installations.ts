import { Injectable } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { ScmCallFailed, type InstalledAt } from '@throughline/scm';
import { Database, Log } from '@throughline/service';
import type { KnownSource } from '../sources/known-source.ts';
import { ScmApis } from '../sources/scm-apis.ts';
import { SourceDirectory } from '../sources/source-directory.ts';
import { reachVisitOf, type InstallationsLook } from './reach-work.ts';

/** Finds where Apps are installed: nobody may have been there to be told. */
@Injectable()
export class Installations {
  constructor(
    private readonly database: Database,
    private readonly directory: SourceDirectory,
    private readonly apis: ScmApis,
    private readonly work: WorkQueue,
    private readonly log: Log,
  ) {}

  /** Those that are known are looked at whatever the host lists: one that it does not list is told to be removed by itself. */
  async find(lease: Lease<InstallationsLook>): Promise<void> {
    const { payload: look } = lease;
    const source = await this.directory.find(look.source);
    if (source?.app?.id !== look.app) return;
    const installed = await this.listed(source);
    await this.database.transaction(async (tx) => {
      await this.work.add(tx, ...installed.map((one) => reachVisitOf(look, one)));
      await lease.complete(tx);
    });
  }

  /** Throws what may go better later. */
  private async listed(source: KnownSource): Promise<readonly InstalledAt[]> {
    try {
      return await this.apis.installationsOfApp(source);
    } catch (error) {
      if (!(error instanceof ScmCallFailed) || error.retryable) throw error;
      this.log.warn({ source: source.id, reason: error.message }, 'the host does not say where an App is installed');
      return [];
    }
  }
}
