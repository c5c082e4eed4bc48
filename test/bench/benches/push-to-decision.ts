import { GitRepository } from '../../journeys/git-repository.ts';
import { push } from '../../journeys/api.ts';
import { installedScanners } from '../../journeys/scanner-tools.ts';
import { Shop, vulnerableLock } from '../../journeys/shop.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { DecisionListener } from '../decision-listener.ts';
import { inPairs, quantile, timesOf } from '../pairs.ts';
import { toldAtOnce, ToldPushes } from '../told-push.ts';

export const pushToDecision: Bench = {
  name: 'push-to-decision',
  decides: 'where the time of a push goes: into our eight services, or into scanners',
  peer: 'the same commits with real scanners in their sandboxes, from the webhook on',
  bars: [{ of: 'one at a time', metric: 'p99 ms', most: 2_000 }],
  async run({ short, rounds, environment }) {
    const shop = await Shop.open({ toolsDir: installedScanners(), environment });
    const listener = await DecisionListener.open(shop.platform.infra, shop.platform.prefix);
    try {
      const told = new ToldPushes(shop.platform);
      const real = new RealPushes(shop, listener);
      await listener.decided(await told.tell('shop/warm', 5));
      await real.push();
      const each = short ? 5 : 40;
      const rows: Row[] = await inPairs(rounds, {
        of: 'one at a time',
        ours: () => toldOneByOne(told, listener, each),
        peer: () => real.sample(short ? 1 : 5),
      });
      rows.push(
        ...(await inPairs(rounds, { of: 'fifty at once, without scanners', ours: () => toldAtOnce(told, listener, short ? 20 : 50) })),
      );
      return rows;
    } finally {
      await listener.close();
      await shop.close();
    }
  },
};

/** From the facts on the broker to the decision on the broker. */
async function toldOneByOne(told: ToldPushes, listener: DecisionListener, count: number): Promise<Sample> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const commit = await told.tell('shop/told', 10);
    const since = process.hrtime.bigint();
    times.push(Number((await listener.decided(commit)) - since) / 1e6);
  }
  return timesOf(times);
}

/** Pushes to a real repository. */
class RealPushes {
  private readonly repository: GitRepository;
  private before: string | undefined;
  private made = 0;

  constructor(
    private readonly shop: Shop,
    private readonly listener: DecisionListener,
  ) {
    this.repository = new GitRepository(shop.platform.repositories, 'shop/real');
  }

  async sample(count: number): Promise<Sample> {
    const times: number[] = [];
    const answered: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const { decided, accepted } = await this.push();
      times.push(decided);
      answered.push(accepted);
    }
    return { ...timesOf(times), 'webhook answered, p50 ms': quantile(answered, 0.5) };
  }

  async push(): Promise<{ readonly decided: number; readonly accepted: number }> {
    this.made += 1;
    const files = { ...vulnerableLock, 'app/main.py': `import subprocess\nsubprocess.call(["echo", "${this.made}"])\n` };
    const commit = this.repository.commit(`Change ${this.made}`, files);
    const since = process.hrtime.bigint();
    const response = await push(this.shop.source, { repository: 'shop/real', ...(this.before && { before: this.before }), after: commit });
    const accepted = Number(process.hrtime.bigint() - since) / 1e6;
    if (response.status !== 202) throw new Error(`the push was answered ${response.status}: ${await response.text()}`);
    this.before = commit;
    return { decided: Number((await this.listener.decided(commit)) - since) / 1e6, accepted };
  }
}
