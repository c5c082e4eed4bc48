import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { SourceFileFound } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, InternalClient } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { dialectOf, placesFor } from './owner-files.ts';
import { OwnerRules, type OwnerFile } from './owner-rules.ts';

/** A default branch that moved. */
interface Moved {
  readonly repository: string;
  readonly commit: string;
}

const mostBytes = 1024 * 1024;

/** Reads who owns what when a default branch was looked at; the findings that are known follow. */
@Injectable()
export class OwnersWorker implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly internal: InternalClient,
    private readonly rules: OwnerRules,
  ) {}

  onModuleInit(): void {
    this.work.handle<Moved>(workKinds.readOwners, { concurrency: 1, leaseSeconds: 120, maxAttempts: 8 }, (lease) => this.read(lease));
  }

  private async read(lease: Lease<Moved>): Promise<void> {
    const { repository, commit } = lease.payload;
    const file = await this.fileOf(repository, commit);
    await this.database.transaction(async (tx) => {
      const changed = await this.rules.keep(tx, repository, file);
      if (changed) await this.work.add(tx, { kind: workKinds.rescore, key: repository, payload: { repository } });
      await lease.complete(tx);
    });
  }

  private async fileOf(repository: string, commit: string): Promise<OwnerFile | undefined> {
    const { path, text } = await this.internal.call<SourceFileFound>('scanner-orchestrator', {
      method: 'POST',
      path: '/internal/files/first',
      body: { repository, commit, paths: placesFor(repository) },
      timeoutMs: 15_000,
    });
    if (path === undefined || text === undefined || text.length > mostBytes) return undefined;
    return { path, text, dialect: dialectOf(repository, path, text) };
  }
}
