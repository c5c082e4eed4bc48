import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CommandAnswered, make, type CommandOutcome } from '@throughline/contracts';
import { WorkQueue, type Lease } from '@throughline/messaging';
import type { GivenCommands } from '@throughline/scm';
import type { Outcome } from '../deliveries/candidate.ts';
import type { KnownSource } from '../sources/known-source.ts';
import { CommandDeliveries, type OpenCommands } from './command-deliveries.ts';
import { CommandOrders, type CommandPlace } from './command-orders.ts';
import { commandsKind, type CommandWork } from './command-work.ts';

/** Has the commands of a comment done, one after the other, and notes with the delivery what became of them. */
@Injectable()
export class CommandRuns implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly deliveries: CommandDeliveries,
    private readonly orders: CommandOrders,
  ) {}

  onModuleInit(): void {
    const options = { concurrency: 2, leaseSeconds: 120, maxAttempts: 8 };
    this.work.handle<CommandWork>(
      commandsKind,
      { ...options, onDead: ({ payload }, tx) => this.deliveries.giveUp(tx, payload.delivery) },
      (lease) => this.run(lease),
    );
  }

  private async run(lease: Lease<CommandWork>): Promise<void> {
    const opened = await this.deliveries.open(lease.payload.delivery);
    if (opened) await this.deliveries.close(opened, await this.outcomeOf(opened), (tx) => lease.complete(tx));
  }

  private async outcomeOf({ source, translation, outcome }: OpenCommands): Promise<Outcome> {
    if (outcome.status === 'refused' || !('given' in translation) || !translation.given) return outcome;
    const { repository, given } = translation;
    const doubt = translation.unsure ? await this.orders.doubtOf(source, repository, given) : undefined;
    if (doubt !== undefined) return refused(doubt);
    const place = await this.orders.placeOf(source, repository);
    return place ? this.done(source, place, given) : refused('the repository is not known here');
  }

  private async done(source: KnownSource, place: CommandPlace, given: GivenCommands): Promise<Outcome> {
    const outcomes: CommandOutcome[] = [];
    for (const index of given.commands.keys()) outcomes.push(await this.orders.run(source, place, given, index));
    const reason = outcomes.map((one) => one.reason).join('; ');
    const answers = outcomes.flatMap(({ answer }) => answer ?? []);
    if (answers.length === 0) return refused(reason);
    const { number, comment, login: by } = given;
    const fact = make(CommandAnswered, { repository: place.repository.id, source: source.id, number, comment, by, answers });
    const done = outcomes.some(({ outcome }) => outcome === 'done');
    const ended = done ? ({ status: 'accepted', reason: reason.slice(0, 500) } as const) : refused(reason);
    return { ...ended, repository: place.repository, facts: [fact] };
  }
}

function refused(why: string): Outcome {
  return { status: 'refused', reason: `refused: ${why}`.slice(0, 500), facts: [] };
}
