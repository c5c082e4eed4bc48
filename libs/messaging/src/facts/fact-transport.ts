import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { Log, ServiceConfig } from '@throughline/service';
import { HeldRecordDrain } from '../held-records/held-record-drain.ts';
import { within } from '../limits.ts';
import { FactConsumers, type FactConsumer } from './fact-consumer.ts';
import { consumersOf } from './fact-handlers.ts';
import { factTransportId } from './on-event.ts';

const joinMs = 2_000;
const drainMs = 15_000;

/** Brings facts to the methods that carry `@OnEvent`: one consumer group for each module that has any. */
@Injectable()
export class FactTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = factTransportId;
  private consumers: readonly FactConsumer[] = [];

  constructor(
    private readonly config: ServiceConfig,
    private readonly modules: ModulesContainer,
    private readonly opener: FactConsumers,
    private readonly drain: HeldRecordDrain,
    private readonly log: Log,
  ) {
    super();
  }

  /** Waits a while for the groups to be joined, but not for a broker that is away: the service has other work to do. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    const stopped = Promise.all([...this.consumers.map((consumer) => consumer.stop()), this.drain.stop()]);
    if (!(await within(drainMs, stopped))) this.log.warn({}, 'handlers did not end in time: their records come again at the next start');
  }

  /** How far each consumer is behind, and why it stands still. */
  standing(): { readonly consumer: string; readonly lag: number; readonly problem: string | undefined }[] {
    return this.consumers.map((one) => ({ consumer: one.consumer.name, lag: one.lag(), problem: one.problem() }));
  }

  /** Why facts do not come in, by consumer; empty when all do. */
  problems(): string[] {
    return this.consumers.flatMap((consumer) => {
      const problem = consumer.problem();
      return problem === undefined ? [] : [`${consumer.consumer.name}: ${problem}`];
    });
  }

  on(): void {
    throw new Error('the transport of facts has no events of its own: ask the readiness of the service');
  }

  unwrap<T>(): T {
    return this.consumers as T;
  }

  private async start(): Promise<void> {
    const consumers = consumersOf(this.config.serviceName, this.getHandlers().values(), this.modules);
    this.consumers = consumers.map((consumer) => this.opener.open(consumer));
    this.drain.start(consumers);
    await Promise.all(this.consumers.map((consumer) => consumer.start(joinMs)));
  }
}
