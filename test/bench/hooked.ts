import type { CreatedSource, ServiceName } from '@throughline/contracts';
import { eventually, type Infra } from '@throughline/testing';
import { site } from '../journeys/api.ts';
import { Databases } from '../journeys/databases.ts';
import { ServiceProcesses } from '../journeys/service-processes.ts';
import { GiteaPushes } from './gitea-push.ts';
import type { Prepared } from './http-load.ts';
import { SpanSink } from './span-sink.ts';

const startMs = 120_000;

/** Gateway and ingest with a source that pushes are sent to, their spans collected. */
export class Hooked {
  private constructor(
    private readonly platform: ServiceProcesses,
    private readonly sink: SpanSink,
    private readonly made: GiteaPushes,
    private readonly databases: Databases,
    /** The id of the source that is pushed to. */
    readonly source: string,
  ) {}

  static async start(environment: Readonly<Record<string, string>>): Promise<Hooked> {
    const sink = await SpanSink.start();
    const own = { ...environment, ...sink.environment, RATE_PER_SOURCE: '100000000' };
    const platform = await ServiceProcesses.start({ services: ['ingest'], environment: own });
    platform.spawn('gateway');
    const { body: source } = await platform.caller('ingest').call<CreatedSource>('POST', '/api/v1/sources', {
      body: { kind: 'gitea', name: 'bench', scope: { repositories: ['shop/**'] }, settings: { baseUrl: site } },
    });
    await eventually(() => knowsHooks(platform.url('gateway')), startMs);
    return new Hooked(platform, sink, new GiteaPushes(`/hooks/${source.id}`, source.secret), new Databases(platform.infra), source.id);
  }

  get infra(): Infra {
    return this.platform.infra;
  }

  /** What makes another process send its spans to the same place. */
  get traced(): Readonly<Record<string, string>> {
    return this.sink.environment;
  }

  url(name: ServiceName): string {
    return this.platform.url(name);
  }

  /** For the gateway. */
  pushes(count: number): Prepared[] {
    return this.made.list(count);
  }

  /** For ingest, with what the gateway puts on them. */
  signedPushes(count: number): Prepared[] {
    const caller = this.platform.caller('ingest');
    return this.made.list(count).map((push) => {
      const authorization = caller.authorization('POST', push.path, Buffer.from(push.body), { asService: true });
      return { ...push, headers: { ...push.headers, authorization } };
    });
  }

  /** Waits until all that was told has left. */
  async emptied(): Promise<void> {
    await eventually(async () => {
      const [left] = await this.databases.rows<{ count: number }>('ingest', 'select count(*)::int as count from outbox');
      if (left!.count > 0) throw new Error(`${left!.count} facts are still in the outbox`);
    }, 120_000);
  }

  async stop(): Promise<void> {
    await this.platform.stop();
    await this.sink.stop();
  }
}

/** The gateway is not ready without the other services, and passes on to those that are there. */
async function knowsHooks(gateway: string): Promise<void> {
  const { status } = await fetch(`${gateway}/hooks/nobody`, { method: 'POST', signal: AbortSignal.timeout(5_000) });
  if (status !== 401) throw new Error(`the gateway answers ${status} to a webhook`);
}
