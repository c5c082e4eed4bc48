import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames, type ServiceName } from '@throughline/contracts';
import {
  Broker,
  eventually,
  httpReceiver,
  infra,
  type History,
  type HttpReceiver,
  type Infra,
  type ReceivedRequest,
} from '@throughline/testing';
import { Shop } from '../journeys/shop.ts';
import { Way } from './way.ts';

const preload = new URL('preload.mjs', import.meta.url).href;

/** What a service reaches over the network. */
export type Server = 'postgres' | 'broker';

interface Props {
  readonly shop: Shop;
  readonly ways: ReadonlyMap<string, Way>;
  readonly clocks: string;
  readonly sink: HttpReceiver;
  readonly history: History;
}

/** The whole platform, each service a process of its own, with ways and clocks that can be disturbed, and receivers outside. */
export class Stage {
  readonly shop: Shop;
  readonly broker: Broker;
  readonly history: History;
  /** Called when a message is at its receiver and has not been answered. */
  onTold: ((request: ReceivedRequest) => void) | undefined;
  private readonly ways: ReadonlyMap<string, Way>;
  private readonly clocks: string;
  private readonly sink: HttpReceiver;

  private constructor({ shop, ways, clocks, sink, history }: Props) {
    this.shop = shop;
    this.ways = ways;
    this.clocks = clocks;
    this.sink = sink;
    this.history = history;
    this.broker = new Broker(shop.platform.infra);
    sink.answer = (request) => this.told(alertOf(request), request);
    shop.provider.answer = (request) => this.told(statusOf(request), request);
  }

  static async open(history: History): Promise<Stage> {
    const held = await infra();
    const clocks = mkdtempSync(join(tmpdir(), 'throughline-clocks-'));
    const [ways, sink] = await Promise.all([openWays(held), httpReceiver()]);
    const brokerPort = portOf(held.brokers[0]!);
    const shop = await Shop.open({
      databaseHost: (service) => `127.0.0.1:${ways.get(`${service} postgres`)!.port}`,
      environment: { OUTBOUND_ALLOW: sink.origin },
      own: (service) => ({
        NODE_OPTIONS: `--import ${preload}`,
        CHAOS_CLOCK: join(clocks, service),
        CHAOS_WAYS: `${brokerPort}=${ways.get(`${service} broker`)!.port}`,
      }),
    });
    const stage = new Stage({ shop, ways, clocks, sink, history });
    await shop.api.call('PUT', 'channels/hook', {
      kind: 'webhook',
      settings: { url: `${sink.origin}/alerts` },
      secrets: { signing: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`] },
    });
    return stage;
  }

  way(service: ServiceName, server: Server): Way {
    return this.ways.get(`${service} ${server}`)!;
  }

  /** Sets the clock of one service; of all others none. */
  setClock(service: ServiceName, offsetMs: number): void {
    writeFileSync(join(this.clocks, service), String(offsetMs));
  }

  /** What the receiver of alerts got. */
  get alerts(): readonly ReceivedRequest[] {
    return this.sink.requests.filter((request) => alertOf(request) !== undefined);
  }

  /** SIGKILL, and back again. */
  async restart(service: ServiceName): Promise<void> {
    await this.shop.platform.kill(service);
    this.shop.platform.spawn(service);
    await this.ready([service]);
  }

  ready(services: readonly ServiceName[] = serviceNames): Promise<unknown> {
    return Promise.all(services.map((service) => eventually(() => this.expectReady(service), 300_000)));
  }

  /** Of its own parts: the gateway tells of all others too, and those may be struck meanwhile. */
  private async expectReady(service: ServiceName): Promise<void> {
    const answer = await fetch(`${this.shop.platform.url(service)}/readyz`, { signal: AbortSignal.timeout(10_000) });
    const { checks } = (await answer.json()) as { readonly checks: Readonly<Record<string, { readonly status: string }>> };
    const failed = Object.entries(checks).filter(([name, { status }]) => status !== 'ok' && !serviceNames.some((other) => other === name));
    if (failed.length > 0) throw new Error(`${service} is not ready: ${JSON.stringify(failed).slice(0, 300)}`);
  }

  async close(): Promise<void> {
    await this.shop.close();
    await Promise.all([...this.ways.values()].map((way) => way.close()));
    await this.sink.close();
    rmSync(this.clocks, { recursive: true, force: true });
  }

  private told(key: string | undefined, request: ReceivedRequest): { status: number; body: string } {
    if (key !== undefined) this.history.note({ type: 'ok', process: 'receiver', f: 'told', value: key });
    if (key !== undefined) this.onTold?.(request);
    return { status: 201, body: '{}' };
  }
}

/** A message about an alert is known again by its id; a trial of the channel is none. */
function alertOf({ headers, body }: ReceivedRequest): string | undefined {
  return body.includes('"channel.tested"') ? undefined : `alert ${headers['webhook-id']!}`;
}

/**
 * A status is known again by its commit, its state, the decision that it tells and its words: while it is pending it says how far the
 * scans are. A provider keeps one of each name anyway.
 */
function statusOf({ path, body }: ReceivedRequest): string | undefined {
  const commit = /statuses\/([0-9a-f]{40})$/.exec(path)?.[1];
  if (commit === undefined) return undefined;
  const { state, target_url: link, description } = JSON.parse(body) as Readonly<Record<'state' | 'target_url' | 'description', string>>;
  return `status ${commit} ${state} ${link} ${description}`;
}

async function openWays({ brokers, databaseUrl }: Infra): Promise<ReadonlyMap<string, Way>> {
  const targets = { postgres: new URL(databaseUrl).host, broker: brokers[0]! };
  const opened = serviceNames.flatMap((service) =>
    Object.entries(targets).map(async ([server, target]) => [`${service} ${server}`, await Way.open(target)] as const),
  );
  return new Map(await Promise.all(opened));
}

function portOf(address: string): string {
  return new URL(`tcp://${address}`).port;
}
