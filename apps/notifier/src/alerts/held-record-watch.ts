import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { serviceNames, type HeldRecordsSummary, type ServiceName } from '@throughline/contracts';
import { InternalClient, Log, ServiceAway, ServiceConfig } from '@throughline/service';
import { HeldRecordAlerts } from './held-record-alerts.ts';

const everyMs = 15_000;

/**
 * Asks each service what it gave up. It is asked rather than told by a fact: a service whose facts cannot leave holds records
 * for that very reason, and an alert has to end when the records are gone, whoever removed them.
 */
@Injectable()
export class HeldRecordWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: InternalClient,
    private readonly alerts: HeldRecordAlerts,
    private readonly config: ServiceConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void (this.looking = this.looking.then(() => this.look())), everyMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** One look at every service that this installation names. */
  async look(): Promise<void> {
    await Promise.all(serviceNames.filter((name) => this.config.urlOf(name) !== '').map((name) => this.lookAt(name)));
  }

  /** A service that is away says nothing, which is not that it holds nothing: readiness tells of it. */
  private async lookAt(service: ServiceName): Promise<void> {
    try {
      const request = { method: 'GET', path: '/internal/held-records' } as const;
      const summary = await this.client.call<HeldRecordsSummary>(service, request);
      if (!Number.isSafeInteger(summary.dead)) throw new Error('the answer is no summary of held records');
      await this.alerts.heard(service, summary);
    } catch (error) {
      const away = error instanceof ServiceAway;
      this.log[away ? 'debug' : 'warn']({ service, error }, 'it is not known which records a service holds');
    }
  }
}
