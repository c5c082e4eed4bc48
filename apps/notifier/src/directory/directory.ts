import { Injectable } from '@nestjs/common';
import type { ApplicationChanged, RepositoryChanged } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

export interface ApplicationEntry {
  readonly name: string;
  readonly team?: string;
  readonly tier?: string;
  readonly exposure?: string;
  readonly owners: readonly string[];
  readonly runbook?: string;
}

export interface RepositoryEntry {
  readonly name: string;
  readonly application: string;
}

/** Whose a repository is and how much is at stake: kept from facts, so that a message needs no other service. */
@Injectable()
export class Directory {
  async keepApplication(tx: Tx, fact: ApplicationChanged): Promise<void> {
    await rows(
      tx,
      `insert into applications (name, team, tier, data_class, exposure, owners, runbook) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (name) do update set team = excluded.team, tier = excluded.tier, data_class = excluded.data_class,
         exposure = excluded.exposure, owners = excluded.owners, runbook = excluded.runbook`,
      [fact.name, fact.team, fact.tier, fact.dataClass, fact.exposure, fact.owners, fact.runbook ?? null],
    );
  }

  async dropApplication(tx: Tx, name: string): Promise<void> {
    await rows(tx, 'delete from applications where name = $1', [name]);
  }

  async keepRepository(tx: Tx, fact: RepositoryChanged): Promise<void> {
    if (fact.action === 'removed') {
      await rows(tx, 'delete from repositories where repository = $1', [fact.repository]);
      return;
    }
    await rows(
      tx,
      `insert into repositories (repository, name, application) values ($1, $2, $3)
       on conflict (repository) do update set name = excluded.name, application = excluded.application`,
      [fact.repository, fact.name, fact.application],
    );
  }

  /** An application by name; only its name when nothing was said about it. */
  async application(tx: Tx, name: string): Promise<ApplicationEntry> {
    const [entry] = await rows<Record<keyof ApplicationEntry, never>>(
      tx,
      'select name, team, tier, exposure, owners, runbook from applications where name = $1',
      [name],
    );
    if (!entry) return { name, owners: [] };
    return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null && value !== '')) as unknown as ApplicationEntry;
  }

  async repository(tx: Tx, repository: string): Promise<RepositoryEntry | undefined> {
    const [entry] = await rows<RepositoryEntry>(tx, 'select name, application from repositories where repository = $1', [repository]);
    return entry;
  }
}
