import { randomBytes, randomUUID } from 'node:crypto';
import { Blobs } from '@throughline/blobs';
import { EvidencePlanned, make, PlannedItem, type FindingClass } from '@throughline/contracts';
import type { ReportLine } from '@throughline/findings';
import { codeFinding, FactPublisher, scanCompleted } from '@throughline/testing';
import { site } from '../journeys/api.ts';
import type { ServiceProcesses } from '../journeys/service-processes.ts';
import type { Sample } from './bench.ts';
import type { DecisionListener } from './decision-listener.ts';
import { quantile } from './pairs.ts';

const tools: readonly (readonly [string, FindingClass])[] = [
  ['secretlint', 'secret'],
  ['bandit', 'code'],
  ['zizmor', 'configuration'],
  ['dependencies', 'vulnerability'],
];

/** Says what a push and its scans would have said, without a scanner: plan and results are written to the bus. */
export class ToldPushes {
  private readonly blobs: Blobs;
  private readonly publisher: FactPublisher;
  private position = 0;

  constructor(platform: ServiceProcesses) {
    this.blobs = new Blobs(platform.variable('ledger', 'BLOBS_DIR'));
    this.publisher = new FactPublisher(platform.infra, platform);
  }

  /** One more commit of a repository whose code scan reports so many findings; answers the commit. */
  async tell(name: string, findings: number): Promise<string> {
    this.position += 1;
    const repository = `${new URL(site).host}/${name}`;
    const commit = randomBytes(20).toString('hex');
    const reports = await Promise.all(
      tools.map(async ([tool]) => (await this.blobs.put(tool === 'bandit' ? reportOf(findings) : '')).digest),
    );
    const scans = tools.map(([tool, found], index) => {
      const fact = scanCompleted({ repository, commit, position: this.position, seq: index + 1, tool }, reports[index]!);
      return Object.assign(fact, { finds: [found], findings: tool === 'bandit' ? findings : 0 });
    });
    const items = tools.map(([tool, found], index) => make(PlannedItem, { seq: index + 1, tool, finds: [found], state: 'planned' }));
    const plan = make(EvidencePlanned, { subject: scans[0]!.subject, throughSeq: items.length, items });
    await this.publisher.publish(
      { fact: plan, deliveryKey: randomUUID(), sequence: 1 },
      ...scans.map((fact) => ({ fact, deliveryKey: fact.run })),
    );
    return commit;
  }
}

/** Tells of so many at once, each of a repository of its own: how long until each was decided. */
export async function toldAtOnce(told: ToldPushes, listener: DecisionListener, count: number): Promise<Sample> {
  const since = process.hrtime.bigint();
  const commits = await Promise.all(Array.from({ length: count }, (_, index) => told.tell(`shop/many-${index}`, 10)));
  const times = await Promise.all(commits.map(async (commit) => Number((await listener.decided(commit)) - since) / 1e6));
  return { 'p50 ms': quantile(times, 0.5), 'p99 ms': quantile(times, 0.99), 'decisions/s': count / (Math.max(...times) / 1000) };
}

function reportOf(count: number): string {
  const one = (index: number): ReportLine => ({
    kind: 'finding',
    finding: codeFinding(`rule-${index % 40}`, {
      severity: 'medium',
      location: { path: `src/module-${index % 100}.py`, line: index + 1, snippet: `call(argument_${index})` },
    }),
  });
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(one(index))}\n`).join('');
}
