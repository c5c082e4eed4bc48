import { eventually } from '@throughline/testing';
import { push } from '../../journeys/api.ts';
import { GitRepository } from '../../journeys/git-repository.ts';
import { Shop, vulnerableLock } from '../../journeys/shop.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { DecisionListener } from '../decision-listener.ts';
import { inPairs, quantile } from '../pairs.ts';

/** Where what queues is kept until it has its turn. */
const queues = `select count(*)::int as left from work where kind in ('prepare', 'scan') and state <> 'dead'`;
const emptied = `delete from work where kind in ('prepare', 'scan') and state = 'open'`;

export const freshPushBehindAQueue: Bench = {
  name: 'fresh-push-behind-a-queue',
  decides: 'whether the pushes of one repository make others wait: a fresh push behind a thousand is judged in at most twice its idle time',
  peer: 'a fresh push while nothing queues',
  bars: [{ of: 'one repository', metric: 'p95 ms', most: 2, ratio: true }],
  async run({ short, rounds, environment }) {
    const shop = await Shop.open({ environment });
    const listener = await DecisionListener.open(shop.platform.infra, shop.platform.prefix);
    try {
      const pushes = new Pushes(shop, listener);
      await pushes.fresh(2);
      const queued = short ? 100 : 1_000;
      const each = short ? 4 : 12;
      const rows: Row[] = [];
      for (const repositories of [1, 10]) {
        rows.push(
          ...(await inPairs(rounds, {
            of: `${queued} pushes of ${repositories === 1 ? 'one repository' : `${repositories} repositories`} queue`,
            ours: () => pushes.freshBehind(queued, repositories, each),
            peer: () => pushes.fresh(each),
          })),
        );
      }
      return rows;
    } finally {
      await listener.close();
      await shop.close();
    }
  },
};

class Pushes {
  private made = 0;
  private readonly busy = new Map<number, GitRepository>();
  private readonly heads = new Map<string, string>();

  constructor(
    private readonly shop: Shop,
    private readonly listener: DecisionListener,
  ) {}

  /** Pushes to repositories that nobody has pushed to before, one after the other: from the webhook to the decision. */
  async fresh(count: number): Promise<Sample> {
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const name = `shop/fresh-${(this.made += 1)}`;
      const commit = new GitRepository(this.shop.platform.repositories, name).commit('Open the till', vulnerableLock);
      const since = process.hrtime.bigint();
      await this.send(name, commit);
      times.push(Number((await this.listener.decided(commit)) - since) / 1e6);
    }
    return { 'p50 ms': quantile(times, 0.5), 'p95 ms': quantile(times, 0.95) };
  }

  /** The same while more than enough is queued; what is left of the queue afterwards is thrown away. */
  async freshBehind(queued: number, repositories: number, count: number): Promise<Sample> {
    for (let index = 0; index < queued; index += 1) await this.queue(index % repositories);
    await eventually(async () => {
      if ((await this.left()) < queued / 4) throw new Error('the pushes have not arrived yet');
    }, 120_000);
    const sample = await this.fresh(count);
    const left = await this.left();
    if (left < queued / 20) throw new Error(`only ${left} pieces of work were left in the queue at the end: queue more`);
    await this.empty();
    return { ...sample, 'still queued': left };
  }

  private async queue(number: number): Promise<void> {
    const name = `shop/busy-${number}`;
    const repository = this.busy.get(number) ?? new GitRepository(this.shop.platform.repositories, name);
    this.busy.set(number, repository);
    this.made += 1;
    const before = this.heads.get(name);
    const after = repository.commit(`Change ${this.made}`, { ...vulnerableLock, 'made.txt': String(this.made) });
    this.heads.set(name, after);
    await this.send(name, after, before);
  }

  private async send(repository: string, after: string, before?: string): Promise<void> {
    const response = await push(this.shop.source, { repository, after, ...(before !== undefined && { before }) });
    if (response.status !== 202) throw new Error(`the push was answered ${response.status}: ${await response.text()}`);
  }

  private async left(): Promise<number> {
    const [found] = await this.shop.databases.rows<{ left: number }>('scanner-orchestrator', queues);
    return found!.left;
  }

  /** Until nothing more comes: what was being prepared adds its scans. */
  private async empty(): Promise<void> {
    await eventually(async () => {
      await this.shop.databases.rows('scanner-orchestrator', emptied);
      if ((await this.left()) > 0) throw new Error('something still runs');
    }, 120_000);
  }
}
