import { Injectable } from '@nestjs/common';
import { Database, type Identity } from '@throughline/service';
import { ChangeRequests } from '../changes/change-requests.ts';
import type { ChangeRow } from '../changes/change-rows.ts';
import { isApproved } from '../changes/second-person.ts';
import { ApplicationRows } from './application-rows.ts';
import { applicationIn } from './application-state.ts';
import { Applications } from './applications.ts';

/** What a second person says about an application that would take more risk. */
@Injectable()
export class ApplicationChanges {
  constructor(
    private readonly database: Database,
    private readonly table: ApplicationRows,
    private readonly applications: Applications,
    private readonly requests: ChangeRequests,
  ) {}

  /** It takes that risk from now on. Throws `Problem` 403, 404, 409, 412. */
  approve(id: string, digest: string, caller: Identity): Promise<ChangeRow> {
    return this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const change = await this.requests.found(tx, id, caller);
      if (isApproved(change, digest, caller)) return change;
      await this.applications.save(tx, { name: change.application!, state: applicationIn(change.source!), by: change.requestedBy });
      return this.requests.approved(tx, change, caller);
    });
  }

  /** Whoever asked may take it back like this too. Throws `Problem` 404, 409. */
  reject(id: string, reason: string, caller: Identity): Promise<ChangeRow> {
    return this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      return this.requests.reject(tx, id, reason, caller);
    });
  }
}
