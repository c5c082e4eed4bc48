import { eventually, fakeSlack, otlpReceiver, type FakeSlack, type OtlpReceiver, type SeenSpan } from '@throughline/testing';
import { push, site } from '../../journeys/api.ts';
import { GitRepository } from '../../journeys/git-repository.ts';
import { Shop, vulnerableLock } from '../../journeys/shop.ts';
import type { Bench, Sample } from '../bench.ts';
import { inPairs, quantile } from '../pairs.ts';

interface Stage {
  readonly name: string;
  readonly belongs: (span: SeenSpan) => boolean;
  /** It is over with the first of its spans that ends after the stage before; else with the last. */
  readonly first?: true;
}

/** The stages of a push in their order: each lasts from the end of the one before. */
const stages: readonly Stage[] = [
  { name: 'accepted', belongs: ({ attributes }) => attributes['http.route'] === '/hooks/:source' },
  { name: 'planned', belongs: ({ name }) => name === 'work prepare' },
  { name: 'scanned', belongs: ({ name }) => name.startsWith('scan ') },
  { name: 'evaluated', belongs: ({ name }) => name.startsWith('evaluate ') },
  { name: 'judged', belongs: ({ name }) => name === 'work judge', first: true },
  { name: 'told', belongs: ({ name }) => name === 'work deliver alert', first: true },
];

export const pushToMessage: Bench = {
  name: 'push-to-message',
  decides: 'whether a person hears of a blocked push in half a second beside the time of scanners',
  bars: [
    { of: 'blocked pushes', metric: 'without scanners, p50 ms', most: 150 },
    { of: 'blocked pushes', metric: 'without scanners, p99 ms', most: 500 },
  ],
  async run({ short, rounds, environment }) {
    const [slack, collector] = await Promise.all([fakeSlack(), otlpReceiver()]);
    const shop = await Shop.open({
      environment: { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OUTBOUND_ALLOW: slack.origin },
    });
    try {
      const pushes = new BlockedPushes(shop, slack, collector);
      await pushes.tellIn('chat', (rounds + 1) * (short ? 4 : 20));
      await pushes.sample(short ? 2 : 5);
      return await inPairs(rounds, { of: 'blocked pushes, one at a time', ours: () => pushes.sample(short ? 3 : 15) });
    } finally {
      await shop.close();
      await Promise.all([slack.close(), collector.close()]);
    }
  },
};

/** Pushes of a vulnerable lock file, each to a repository of its own: each opens an alert. Only our own scanners run. */
class BlockedPushes {
  private made = 0;

  constructor(
    private readonly shop: Shop,
    private readonly slack: FakeSlack,
    private readonly collector: OtlpReceiver,
  ) {}

  async tellIn(channel: string, repositories: number): Promise<void> {
    const { apiUrl, token } = this.slack;
    const { api } = this.shop;
    await api.call('PUT', `channels/${channel}`, {
      kind: 'slack',
      settings: { mode: 'web-api', channel: 'C1', apiUrl },
      secrets: { token },
    });
    const names = Array.from({ length: repositories }, (_, index) => `${site}/shop/blocked-${index + 1}`);
    const application = { team: 'shop', tier: 'tier-1', dataClass: 'public', exposure: 'internet', repositories: names, owners: ['sec'] };
    await api.call('PUT', 'applications/shop', application, { 'if-none-match': '*' });
  }

  async sample(count: number): Promise<Sample> {
    const budgets: Sample[] = [];
    for (let index = 0; index < count; index += 1) budgets.push(await this.push());
    const column = (name: string): number[] => budgets.map((budget) => budget[name]!);
    const medians = stages.map(({ name }) => [`${name}, p50 ms`, quantile(column(name), 0.5)] as const);
    const shown = ['to the message', 'without scanners'].flatMap((name) => [
      [`${name}, p50 ms`, quantile(column(name), 0.5)] as const,
      [`${name}, p99 ms`, quantile(column(name), 0.99)] as const,
    ]);
    return Object.fromEntries([...shown, ...medians, ['spans', quantile(column('spans'), 0.5)]]);
  }

  private async push(): Promise<Sample> {
    this.made += 1;
    const repository = `shop/blocked-${this.made}`;
    const after = new GitRepository(this.shop.platform.repositories, repository).commit('Open the till', vulnerableLock);
    const posts = this.slack.posts.length;
    const response = await push(this.shop.source, { repository, after });
    if (response.status !== 202) throw new Error(`the push was answered ${response.status}: ${await response.text()}`);
    await eventually(() => {
      if (this.slack.posts.length === posts) throw new Error(`nothing was told about ${repository}`);
    }, 120_000);
    return eventually(() => budgetOf(this.trace(after)), 30_000);
  }

  /** All spans of the trace in which the commit was scanned. */
  private trace(commit: string): readonly SeenSpan[] {
    const spans = this.collector.spans();
    const scan = spans.find(({ attributes }) => attributes['vcs.commit'] === commit);
    if (!scan) throw new Error('no scan was told of yet');
    return spans.filter(({ traceId }) => traceId === scan.traceId);
  }
}

/** How long each stage took, in milliseconds; throws while spans are missing. */
function budgetOf(trace: readonly SeenSpan[]): Sample {
  const from = trace.find(stages[0]!.belongs)?.startMs;
  if (from === undefined) throw new Error('the webhook was not told of yet');
  const budget: Record<string, number> = {};
  let before = from;
  for (const { name, belongs, first } of stages) {
    const ends = trace.flatMap((span) => (belongs(span) && span.endMs >= before ? [span.endMs] : []));
    if (ends.length === 0) throw new Error(`nothing was told of the stage ${name} yet`);
    const end = first ? Math.min(...ends) : Math.max(...ends);
    budget[name] = end - before;
    before = end;
  }
  const scans = trace.filter(({ name }) => name.startsWith('scan '));
  const scanning = Math.max(...scans.map(({ endMs }) => endMs)) - Math.min(...scans.map(({ startMs }) => startMs));
  return { ...budget, 'to the message': before - from, 'without scanners': before - from - scanning, spans: trace.length };
}
