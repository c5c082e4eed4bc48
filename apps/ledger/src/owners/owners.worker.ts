import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { Database, InternalClient, Problem, rows, type Tx } from '@throughline/service';
import { given } from '../bulk.ts';
import { workKinds } from '../work-kinds.ts';
import type { CodeOwners } from './code-owners.ts';
import { dialectOf, placesFor } from './owner-files.ts';
import { OwnerRules, type OwnerFile } from './owner-rules.ts';

/** A default branch that moved. */
interface Moved {
  readonly repository: string;
  readonly commit: string;
}

const pageSize = 2_000;
const mostBytes = 1024 * 1024;

/** Reads who owns what when a default branch was looked at, and says so of the findings that are known. */
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
    const changed = await this.database.transaction((tx) => this.rules.keep(tx, repository, file));
    if (changed) await this.apply(lease, repository);
    await this.database.transaction((tx) => lease.complete(tx));
  }

  private async fileOf(repository: string, commit: string): Promise<OwnerFile | undefined> {
    for (const path of placesFor(repository)) {
      const text = await this.textAt(repository, commit, path);
      if (text !== undefined && text.length <= mostBytes) return { path, text, dialect: dialectOf(repository, path, text) };
    }
    return undefined;
  }

  private async textAt(repository: string, commit: string, path: string): Promise<string | undefined> {
    try {
      const call = { method: 'GET', path: '/internal/files', query: { repository, commit, path }, timeoutMs: 15_000 } as const;
      return (await this.internal.call<{ text: string }>('scanner-orchestrator', call)).text;
    } catch (error) {
      if (error instanceof Problem && [404, 413, 422].includes(error.status)) return undefined;
      throw error;
    }
  }

  private async apply(lease: Lease<Moved>, repository: string): Promise<void> {
    let last = '0';
    for (let full = true; full && !lease.signal.aborted;) {
      const page = await this.database.transaction(async (tx) => {
        const owners = await this.rules.of(tx, repository);
        const found = await rows<{ number: string; path: string | null }>(
          tx,
          `select number, path from finding where repository = $1 and number > $2 order by number limit ${pageSize}`,
          [repository, last],
        );
        await update(tx, found, owners);
        return found;
      });
      full = page.length === pageSize;
      last = page.at(-1)?.number ?? last;
      if (full) await lease.renew();
    }
  }
}

async function update(tx: Tx, found: readonly { number: string; path: string | null }[], owners: CodeOwners | undefined): Promise<void> {
  const table = given(found, {
    number: { type: 'bigint', of: ({ number }) => number },
    owners: { type: 'text', of: ({ path }) => ownersText(owners, path ?? undefined) },
  });
  await rows(
    tx,
    `update finding f set code_owners = string_to_array(given.owners, E'\\n') from ${table.sql}
     where f.number = given.number and f.code_owners is distinct from string_to_array(given.owners, E'\\n')`,
    table.params,
  );
}

/** As a column takes it: one a line; undefined where no line speaks about the path. */
export function ownersText(owners: CodeOwners | undefined, path: string | undefined): string | undefined {
  if (!owners || path === undefined) return undefined;
  return owners.ownersOf(path)?.join('\n');
}
