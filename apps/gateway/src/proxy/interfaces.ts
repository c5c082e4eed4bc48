import { isDeepStrictEqual } from 'node:util';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { serviceNames, type ServiceName } from '@throughline/contracts';
import { InternalClient, Log, ReadinessCheck, ServiceInterface, type OpenApi } from '@throughline/service';
import { untraced } from '@throughline/telemetry';
import { merged } from './merged-interface.ts';
import { RouteTable, type Route } from './route-table.ts';

const others = serviceNames.filter((name) => name !== 'gateway');
const whileIncompleteMs = 500;
const refreshMs = 60_000;

/** The interfaces of all services, asked for until all are there and every minute after. */
@Injectable()
export class Interfaces extends ReadinessCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  override readonly name = 'routes';
  private readonly known = new Map<ServiceName, OpenApi>();
  private table = new RouteTable();
  private ownTable = new RouteTable();
  private document: OpenApi | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly client: InternalClient,
    private readonly own: ServiceInterface,
    private readonly log: Log,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.known.set('gateway', this.own.describe());
    this.ownTable = RouteTable.of(this.known);
    void this.refresh();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** What the services answer, without what the gateway answers itself. */
  routes(): RouteTable {
    return this.table;
  }

  /** What the gateway answers itself; its own router goes before, so this is asked only for what it did not take. */
  ownRoutes(): RouteTable {
    return this.ownTable;
  }

  /** The operation of a request, whoever answers it. */
  find(method: string, path: string): Route | undefined {
    for (const table of [this.ownTable, this.table]) {
      const match = table.match(method, path);
      if (match && 'route' in match) return match.route;
    }
    return undefined;
  }

  /** Services whose interface is not known yet. */
  missing(): ServiceName[] {
    return others.filter((name) => !this.known.has(name));
  }

  /** The whole public interface. */
  describe(): OpenApi {
    this.document ??= merged(this.known);
    return this.document;
  }

  override async check(): Promise<void> {
    const missing = this.missing();
    if (missing.length > 0) throw new Error(`the interface of ${missing.join(', ')} is not known yet`);
  }

  /** Asks every service once; also called when one turns out to have changed. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const answers = await Promise.all(others.map(async (name) => [name, await this.ask(name)] as const));
    const changed = answers.filter(([name, answer]) => answer && !isDeepStrictEqual(answer, this.known.get(name)));
    for (const [name, answer] of changed) this.known.set(name, answer!);
    if (changed.length > 0) this.takeOrKeep();
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.refresh(), this.missing().length > 0 ? whileIncompleteMs : refreshMs);
    this.timer.unref();
  }

  private async ask(name: ServiceName): Promise<OpenApi | undefined> {
    return untraced(() => this.client.call<OpenApi>(name, { method: 'GET', path: '/openapi.json', timeoutMs: 2_000 })).catch(
      () => undefined,
    );
  }

  private takeOrKeep(): void {
    try {
      this.take();
    } catch (error) {
      this.log.error({ error }, 'what the services say of themselves cannot be read, the former routes stay');
    }
  }

  private take(): void {
    const table = RouteTable.of(new Map([...this.known].filter(([name]) => name !== 'gateway')));
    const news = table.conflicts.filter((conflict) => !this.table.conflicts.includes(conflict));
    for (const conflict of news) this.log.error({ conflict }, 'two services answer the same, the first keeps it');
    this.table = table;
    this.document = undefined;
  }
}
