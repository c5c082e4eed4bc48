import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { rows } from '@throughline/service';
import { IngestConfig } from '../config.ts';
import { visitsTo } from '../rounds/repository-visits.ts';
import { Rounds, type Round } from '../rounds/rounds.ts';
import { isAsked } from '../sources/resting.ts';
import { lookKind, type Look } from './missed-pushes.ts';
import { RepositoryLooks } from './repository-looks.ts';

const perTick = 50;

const due = `
  update repository set looked_at = now()
  where id in (
    select repository.id from repository left join source on source.id = repository.source_id
    where ${isAsked} and looked_at < now() - make_interval(secs => $1) and exists (select 1 from repository_head where repository_id = repository.id)
    order by looked_at limit ${perTick} for update of repository skip locked)
  returning id`;

/** Looks at every repository from time to time: providers do not send a webhook again that we missed. */
@Injectable()
export class Reconciler implements OnModuleInit {
  private readonly round: Round = {
    ...{ what: 'repositories', everyMs: 30_000 },
    due: async (tx) => visitsTo(lookKind, await rows(tx, due, [this.config.reconcileSeconds])),
  };

  constructor(
    private readonly config: IngestConfig,
    private readonly work: WorkQueue,
    private readonly rounds: Rounds,
    private readonly looks: RepositoryLooks,
  ) {}

  onModuleInit(): void {
    this.work.handle<Look>(lookKind, { concurrency: 2, leaseSeconds: 60, maxAttempts: 3 }, (lease) => this.looks.look(lease));
    this.rounds.keep(this.round);
  }

  tick(): Promise<void> {
    return this.rounds.tick(this.round);
  }
}
