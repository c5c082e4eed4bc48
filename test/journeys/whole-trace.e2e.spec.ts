import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames, type Chain } from '@throughline/contracts';
import { eventually, orphansOf, otlpReceiver, type HttpReceiver, type OtlpReceiver, type SeenSpan } from '@throughline/testing';
import { push, type Api } from './api.ts';
import { GitRepository } from './git-repository.ts';
import type { ServiceProcesses } from './service-processes.ts';
import { Shop, vulnerableLock } from './shop.ts';

const name = 'shop/till';

let shop: Shop;
let platform: ServiceProcesses;
let api: Api;
let collector: OtlpReceiver;
let provider: HttpReceiver;
let commit: string;
let refused = 0;

beforeAll(async () => {
  collector = await otlpReceiver();
  shop = await Shop.open({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'info' } });
  ({ platform, provider, api } = shop);
  // The provider is away for the first two calls: the status is sent again.
  provider.answer = () => ((refused += 1) <= 2 ? { status: 503 } : { status: 201, body: '{}' });
  commit = new GitRepository(platform.repositories, name).commit('Open the till', vulnerableLock);
}, 600_000);

afterAll(async () => {
  await shop?.close();
  await collector?.close();
});

describe('a push whose services are restarted while it is handled', () => {
  it('comes to its end', async () => {
    const response = await push(shop.source, { repository: name, after: commit });
    const behind = serviceNames.filter((service) => service !== 'gateway');

    await Promise.all(behind.map((service) => platform.restart(service, 'SIGTERM')));

    expect(response.status).toBe(202);
    await eventually(() => {
      const sent = provider.requests.slice(2).map(({ body }) => (JSON.parse(body) as { readonly state: string }).state);
      expect(sent.at(-1)).not.toBe('pending');
      expect(sent.length).toBeGreaterThan(0);
    }, 200_000);
    await eventually(async () => {
      const { nodes } = await api.get<Chain>(`commits/${commit}/chain`);
      expect(nodes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['fix.proposed', 'delivery.succeeded', 'decision.made']));
    }, 90_000);
  }, 600_000);

  it('is one trace of all services, each under its own name', async () => {
    // The chain is the last that hears of it; what is under way ends with the services.
    await Promise.all(serviceNames.map((service) => platform.kill(service, 'SIGTERM')));

    const own = traceOf(collector.spans());

    expect(new Set(own.map(({ service }) => service))).toEqual(new Set(serviceNames));
    expect(own.filter(({ name }) => name.startsWith('work deliver status')).length).toBeGreaterThanOrEqual(3);
  }, 60_000);

  it('has one root in each episode and no orphans', () => {
    const roots = Map.groupBy(
      collector.spans().filter(({ parentSpanId }) => parentSpanId === undefined),
      ({ traceId }) => traceId,
    );
    const traces = new Set(collector.spans().map(({ traceId }) => traceId));

    expect([...roots.values()].filter((own) => own.length !== 1)).toEqual([]);
    expect(new Set(roots.keys())).toEqual(traces);
    expect(orphansOf(collector.spans())).toEqual([]);
  });

  it('lost no span in any service, before a restart or after', () => {
    for (const service of serviceNames) {
      const lines = readFileSync(join(platform.home, `${service}.log`), 'utf8')
        .trim()
        .split('\n');
      const stops = lines
        .map((line) => JSON.parse(line) as { readonly droppedSpans?: number })
        .filter((line) => line.droppedSpans !== undefined);

      expect({ service, dropped: stops.map(({ droppedSpans }) => droppedSpans) }).toEqual({
        service,
        dropped: service === 'gateway' ? [0] : [0, 0],
      });
    }
  });
});

/** All spans of the trace in which the push arrived. */
function traceOf(spans: readonly SeenSpan[]): readonly SeenSpan[] {
  const arrival = spans.find(({ service, attributes }) => service === 'ingest' && attributes['http.route'] === '/hooks/:source');
  expect(arrival).toBeDefined();
  return spans.filter(({ traceId }) => traceId === arrival!.traceId);
}
