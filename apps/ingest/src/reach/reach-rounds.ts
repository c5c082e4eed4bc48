import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type NewWork } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { Rounds, type Round } from '../rounds/rounds.ts';
import { Installations } from './installations.ts';
import { installationsKind, reachVisitOf, type InstallationsLook } from './reach-work.ts';

const perTick = 50;
/** A look takes at most 400 of the 5000 calls that an installation has in an hour, and most take three. */
const roundSeconds = 3600;
/** Sources that were made or started together drift apart. */
const jitter = 0.1;

/** Whoever takes a turn moves it on: another replica finds it moved, or held. */
const due = `
  insert into reach_round (source_id, next_at)
  select id, now() + make_interval(secs => ${roundSeconds} * (1 + ${jitter} * (2 * random() - 1))) from (
    select source.id from source left join reach_round round on round.source_id = source.id
    where source.app_id is not null and (round.next_at is null or round.next_at <= now())
    order by round.next_at nulls first, source.id limit ${perTick} for no key update of source skip locked
  ) as turn
  on conflict (source_id) do update set next_at = excluded.next_at where reach_round.next_at <= now()
  returning source_id`;

const known = `
  select source.id as source, source.app_id as app, installed.installation, installed.account
  from source left join app_installation installed on installed.source_id = source.id and installed.state <> 'removed'
  where source.id = any($1::uuid[]) and source.app_id is not null`;

interface KnownRow extends InstallationsLook {
  readonly installation: string | null;
  readonly account: string | null;
}

/** Asks hosts every hour what Apps may see: what they told while nobody listened they do not tell again. */
@Injectable()
export class ReachRounds implements OnModuleInit {
  private readonly round: Round = { what: 'Apps', everyMs: 60_000, atStart: true, due: looksDue };

  constructor(
    private readonly work: WorkQueue,
    private readonly rounds: Rounds,
    private readonly installations: Installations,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 1, leaseSeconds: 180, maxAttempts: 3 };
    this.work.handle<InstallationsLook>(installationsKind, options, (lease) => this.installations.find(lease));
    this.rounds.keep(this.round);
  }

  tick(): Promise<void> {
    return this.rounds.tick(this.round);
  }
}

async function looksDue(tx: Tx): Promise<NewWork[]> {
  const turns = await rows<{ source_id: string }>(tx, due);
  if (turns.length === 0) return [];
  const found = await rows<KnownRow>(tx, known, [turns.map((turn) => turn.source_id)]);
  const apps = new Map(found.map(({ source, app }) => [source, { source, app }]));
  return [
    ...[...apps.values()].map((look) => ({ kind: installationsKind, payload: look, dedupe: look.source, priority: 'bulk' as const })),
    ...found.flatMap(({ source, app, installation, account }) =>
      installation === null || account === null ? [] : [reachVisitOf({ source, app }, { installation, account })],
    ),
  ];
}
