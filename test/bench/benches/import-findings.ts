import { randomUUID } from 'node:crypto';
import { Blobs } from '@throughline/blobs';
import type { ReportLine } from '@throughline/findings';
import { codeFinding, commitId, eventually, FactPublisher, scanCompleted } from '@throughline/testing';
import { Databases } from '../../journeys/databases.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { BareImport } from '../bare-import.ts';
import { cpuMsOf } from '../http-load.ts';
import { clocked, inPairs } from '../pairs.ts';

const services = ['ledger', 'policy-engine'] as const;

export const importFindings: Bench = {
  name: 'import-findings',
  decides: 'whether reports of ten thousand findings are applied in one transaction',
  peer: 'the least that must be done: read, parse, hash, one upsert by unnest in one transaction',
  async run({ short, rounds, environment }) {
    const count = short ? 2_000 : 10_000;
    const platform = await ServiceProcesses.start({ services: [...services], environment });
    const bare = await BareImport.open(platform.infra.databaseUrl);
    try {
      const importer = new Importer(platform);
      await importer.measure(lines(500, randomUUID()), 500);
      const rows: Row[] = [];
      rows.push(
        ...(await inPairs(rounds, {
          of: `${count} new findings`,
          ours: () => importer.measure(lines(count, randomUUID()), count, `git.example/acme/${randomUUID()}`),
          peer: () => bareSample(bare, lines(count, randomUUID()), count),
        })),
      );
      rows.push(
        ...(await inPairs(rounds, {
          of: `${count} new ones, and the ${count} before them are fixed`,
          ours: () => importer.measure(lines(count, randomUUID()), count),
          peer: () => bareSample(bare, lines(count, randomUUID()), count),
        })),
      );
      const known = lines(count, 'known');
      await importer.measure(known, count);
      await bareSample(bare, known, count);
      rows.push(
        ...(await inPairs(rounds, {
          of: `the same ${count} again, another report`,
          // One line more makes it another report: what was read before is not simply remembered.
          ours: () => importer.measure(known + lines(1, randomUUID()), count),
          peer: () => bareSample(bare, known, count),
        })),
      );
      return rows;
    } finally {
      await bare.close();
      await platform.stop();
    }
  },
};

/** Hands reports to a running ledger, each as the next scan of one branch, and waits until the gates have them. */
class Importer {
  private readonly blobs: Blobs;
  private readonly publisher: FactPublisher;
  private readonly databases: Databases;
  private position = 0;

  constructor(private readonly platform: ServiceProcesses) {
    this.blobs = new Blobs(platform.variable('ledger', 'BLOBS_DIR'));
    this.publisher = new FactPublisher(platform.infra, platform);
    this.databases = new Databases(platform.infra);
  }

  async measure(report: string, count: number, repository?: string): Promise<Sample> {
    this.position += 1;
    const { digest } = await this.blobs.put(report);
    const commit = commitId(this.position.toString(16).padStart(8, '0'));
    const fact = scanCompleted({ commit, position: this.position, ...(repository !== undefined && { repository }) }, digest);
    const cpu = await this.cpuMs();
    const { ms } = await clocked(async () => {
      await this.publisher.publish({ fact, deliveryKey: fact.run });
      await eventually(() => this.taken(commit), 300_000);
    });
    const used = (await this.cpuMs()) - cpu;
    return { 'wall ms': ms, 'µs each': (ms / count) * 1000, 'CPU µs each': (used / count) * 1000 };
  }

  private async cpuMs(): Promise<number> {
    const each = await Promise.all(services.map((name) => cpuMsOf(this.platform.url(name))));
    return each.reduce((sum, ms) => sum + ms, 0);
  }

  /** The policies see them: what the ledger found came there by its outbox and the broker. */
  private async taken(commit: string): Promise<void> {
    const sql = 'select 1 from item i join subject s on s.id = i.subject_id where s.commit = $1 and i.total > 0';
    const rows = await this.databases.rows('policy-engine', sql, [commit]);
    if (rows.length === 0) throw new Error('the report was not applied');
  }
}

async function bareSample(bare: BareImport, report: string, count: number): Promise<Sample> {
  const { ms, cpuMs } = await clocked(() => bare.import(report));
  return { 'wall ms': ms, 'µs each': (ms / count) * 1000, 'CPU µs each': (cpuMs / count) * 1000 };
}

function lines(count: number, of: string): string {
  const one = (index: number): ReportLine => ({
    kind: 'finding',
    finding: codeFinding(`rule-${index % 40}`, {
      description: 'A value that a stranger chose reaches a place where it is executed. '.repeat(4),
      location: {
        path: `src/${of}/module-${index % 200}/file-${index}.py`,
        line: index,
        snippet: `subprocess.call(argument_${index}, shell=True)`,
      },
    }),
  });
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(one(index))}\n`).join('');
}
