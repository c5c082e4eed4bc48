import { Injectable } from '@nestjs/common';
import { Outbox, type Lease } from '@throughline/messaging';
import type { AppReach } from '@throughline/scm';
import { Database } from '@throughline/service';
import { ConnectedOrganisations } from '../organisations/connected-organisations.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { scopeCovers } from '../sources/scope.ts';
import { noteReach } from './reach-rows.ts';
import type { ReachLook } from './reach-work.ts';
import { calledReach, followRenames } from './renamed.ts';

/** What comes of a look at what an App may see. */
@Injectable()
export class ReachEffects {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly organisations: ConnectedOrganisations,
  ) {}

  /** Names first: what has another one only is not new. Answers how many repositories were connected. */
  async follow(source: KnownSource, lease: Lease<ReachLook>, found: AppReach, askedAt: string): Promise<number> {
    const reach = calledReach(source, found);
    const connected = reach.state === 'active' ? await this.connect(source, lease.payload, reach) : 0;
    await this.database.transaction(async (tx) => {
      await noteReach(tx, lease.payload, reach, askedAt);
      await lease.complete(tx);
    });
    return connected;
  }

  private async connect(
    source: KnownSource,
    look: ReachLook,
    { account, repositories }: Extract<ReturnType<typeof calledReach>, { state: 'active' }>,
  ): Promise<number> {
    await this.database.transaction(async (tx) => {
      const inScope = repositories.filter(({ called, fullName }) => scopeCovers(source.scope, { id: called, fullName }));
      await this.outbox.add(tx, ...(await followRenames(tx, source, look, inScope)));
    });
    return this.organisations.follow(source, account, repositories);
  }
}
