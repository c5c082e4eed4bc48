import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { scmProviders } from '@throughline/scm';
import { rows } from '@throughline/service';
import { dueAtPace, lookCosts } from '../rounds/pace.ts';
import { visitsTo, type RepositoryVisit } from '../rounds/repository-visits.ts';
import { Rounds, type Round } from '../rounds/rounds.ts';
import { ProtectionVisits, visitKind } from './protection-visits.ts';

/** Protections change seldom, and a look costs two calls of those that a host counts. */
const roundSeconds = 6 * 3600;
/** Looking takes a tenth of what a host grants. */
const costs = lookCosts(2, 0.1);
const kinds = scmProviders.filter((provider) => provider.requiredChecks !== undefined).map(({ name }) => name);
const due = dueAtPace({
  looks: 'seen_protection',
  sources: 'source.kind = any($4::text[]) and (source.token is not null or source.app_id is not null)',
  repositories: 'repository.default_branch is not null',
  most: 200,
});

/** Looks now and then at what default branches require of changes. */
@Injectable()
export class ProtectionKeeper implements OnModuleInit {
  private readonly round: Round = {
    ...{ what: 'protections', everyMs: 60_000 },
    due: async (tx) => visitsTo(visitKind, await rows(tx, due, [roundSeconds, ...costs, kinds])),
  };

  constructor(
    private readonly work: WorkQueue,
    private readonly rounds: Rounds,
    private readonly visits: ProtectionVisits,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 60, maxAttempts: 3 };
    this.work.handle<RepositoryVisit>(visitKind, options, ({ payload }) => this.visits.visit(payload.repository));
    this.rounds.keep(this.round);
  }

  tick(): Promise<void> {
    return this.rounds.tick(this.round);
  }
}
