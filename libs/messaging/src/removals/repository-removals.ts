import { Injectable } from '@nestjs/common';
import { envelopeOf, repositoryOf, RepositoryRemoved } from '@throughline/contracts';
import { Database, Log, rows, type Tx } from '@throughline/service';

/** Deletes what a module of the service knows of a repository. */
export type Forget = (tx: Tx, repository: string) => Promise<void>;

/** Locks a repository for the rest of the transaction: those that work on it share it (`share_repositories`), who forgets it has it alone. */
const lockKey = `hashtextextended(current_schema() || ' repository ' || repository, 0)`;

const noteRemoval = `
  insert into removed_repository as known (repository, sequence) values ($1, $2)
  on conflict (repository) do update set sequence = excluded.sequence, forgotten_at = clock_timestamp() where known.sequence < excluded.sequence
  returning repository`;

/** Held records from before that tell of the repository in their key: of itself, or of a commit of it. */
const dropHeld = `
  delete from held_record
  where (key = $1 or starts_with(key, $1 || '@') and substr(key, length($1) + 2) ~ '^[0-9a-f]{40,64}$')
    and coalesce(substring(headers from '"ce_afterremoval":"([0-9]{1,15})"')::bigint, 0) < $2`;

/**
 * Removed repositories. A fact says after which removal it was told: one from before is dropped, and one from after a removal
 * that has not reached us yet brings it about, because topics keep no order between them.
 */
@Injectable()
export class RepositoryRemovals {
  private readonly forgets: Forget[] = [];

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Says what is forgotten with a repository; call it in `onModuleInit`. */
  onRemoval(forget: Forget): void {
    this.forgets.push(forget);
  }

  /** Whether a fact came too late, for a handler that reads much before its transaction; the inbox asks again. */
  async isPast(fact: object): Promise<boolean> {
    const sql = 'select 1 from removed_repository where repository = $1 and sequence > $2';
    return (await this.database.rows(sql, [repositoryOf(fact) ?? null, removalOf(fact)])).length > 0;
  }

  /** Of received facts those that still count, where these removals are known. The caller shares the locks of their repositories. */
  async stillCounting<F extends object>(tx: Tx, facts: readonly F[], removed: ReadonlyMap<string, number>): Promise<readonly F[]> {
    const known = new Map(removed);
    const told = new Map<string, number>();
    for (const fact of facts) {
      const repository = repositoryOf(fact);
      if (repository !== undefined) told.set(repository, Math.max(told.get(repository) ?? 0, removalOf(fact)));
    }
    for (const [repository, sequence] of [...told].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (sequence <= (known.get(repository) ?? 0)) continue;
      await this.forget(tx, repository, sequence);
      known.set(repository, sequence);
    }
    const counting = facts.filter((fact) => removalOf(fact) >= (known.get(repositoryOf(fact) ?? '') ?? 0));
    if (counting.length < facts.length)
      this.log.info({ count: facts.length - counting.length }, 'facts about removed repositories were dropped');
    return counting;
  }

  /** Forgets a repository once per removal. Facts that are published later in `tx` tell that they come after it. */
  async forget(tx: Tx, repository: string, sequence: number): Promise<void> {
    await rows(tx, `select pg_advisory_xact_lock(${lockKey}) from (select $1::text as repository) as one`, [repository]);
    if ((await rows(tx, noteRemoval, [repository, sequence])).length === 0) return;
    for (const forget of this.forgets) await forget(tx, repository);
    await rows(tx, dropHeld, [repository, sequence]);
    this.log.info({ repository, removal: sequence }, 'a removed repository was forgotten');
  }
}

/** The repositories that facts are about, each once and in one order for all who lock them. */
export function repositoriesOf(facts: readonly object[]): string[] {
  return [...new Set(facts.flatMap((fact) => repositoryOf(fact) ?? []))].sort();
}

/** A removal comes after itself. */
function removalOf(fact: object): number {
  const { afterremoval = 0, sequence = 0 } = envelopeOf(fact);
  return fact instanceof RepositoryRemoved ? Math.max(afterremoval, sequence) : afterremoval;
}
