import { Injectable } from '@nestjs/common';
import { digestOf, toleranceOf, unassigned, type Tolerance } from '@throughline/policy';
import { Database, type Tx } from '@throughline/service';
import { ApplicationRows } from './application-rows.ts';
import { toleranceFrom } from './application-state.ts';

/** Who takes a risk, and how much of it. */
export interface Accountable {
  readonly tolerance: Tolerance;
  /** Changes with the tolerance. */
  readonly digest: string;
  readonly owners: readonly string[];
}

/** Tells whose risk it is, and how much of it is taken. */
@Injectable()
export class Tolerances {
  constructor(
    private readonly database: Database,
    private readonly table: ApplicationRows,
  ) {}

  /** Whose risk a repository is: its application's, or the default for a repository without. */
  ofRepository(repository: string): Promise<Accountable> {
    return this.database.transaction(async (tx) => this.of(tx, await this.table.ofRepository(tx, repository)));
  }

  ofApplication(application: string): Promise<Accountable> {
    return this.database.transaction((tx) => this.of(tx, application));
  }

  private async of(tx: Tx, application: string): Promise<Accountable> {
    const row = await this.table.find(tx, application);
    const tolerance = row ? toleranceFrom(application, row.state) : toleranceOf({ ...unassigned, application });
    return { tolerance, digest: digestOf(tolerance), owners: row?.state.owners ?? [] };
  }
}
