import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { rows } from '@throughline/service';
import { IngestConfig } from '../config.ts';
import { dueAtPace, lookCosts } from '../rounds/pace.ts';
import { visitsTo, type RepositoryVisit } from '../rounds/repository-visits.ts';
import { Rounds, type Round } from '../rounds/rounds.ts';
import { HookVisits, visitKind } from './hook-visits.ts';

/** A webhook that was taken away is back within five minutes, where the host lets us look so often. */
const roundSeconds = 240;
/** Looking takes half of what a host grants. */
const costs = lookCosts(1, 0.5);
const due = dueAtPace({ looks: 'kept_hook', sources: 'source.keeps_hooks', repositories: 'true', most: 500 });

/** Looks at the webhooks of repositories again and again: what was changed or taken away is put right. */
@Injectable()
export class HookKeeper implements OnModuleInit {
  private readonly round: Round = {
    ...{ what: 'webhooks', everyMs: 15_000 },
    due: async (tx) => visitsTo(visitKind, await rows(tx, due, [Math.min(this.config.reconcileSeconds, roundSeconds), ...costs])),
  };

  constructor(
    private readonly config: IngestConfig,
    private readonly work: WorkQueue,
    private readonly rounds: Rounds,
    private readonly visits: HookVisits,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 2, leaseSeconds: 60, maxAttempts: 3 };
    this.work.handle<RepositoryVisit>(visitKind, options, ({ payload }) => this.visits.visit(payload.repository));
    this.rounds.keep(this.round);
  }

  tick(): Promise<void> {
    return this.rounds.tick(this.round);
  }
}
