import type { SignedCaller } from '@throughline/testing';
import { request } from 'undici';
import { Databases } from '../../journeys/databases.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import { usageOf } from '../all-services.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { manyFindings } from '../many-findings.ts';
import { clocked, inPairs } from '../pairs.ts';

const lookMs = 250;

export const findingExport: Bench = {
  name: 'finding-export',
  decides: 'whether a million findings may be exported by the service that answers everybody else',
  bars: [
    { of: 'csv', metric: 'seconds', most: 60 },
    { of: 'csv', metric: 'most resident MiB', most: 300 },
  ],
  async run({ short, rounds, environment }) {
    const count = short ? 100_000 : 1_000_000;
    const platform = await ServiceProcesses.start({ services: ['ledger'], environment });
    try {
      await manyFindings(new Databases(platform.infra), count);
      const [pid] = platform.pids();
      const exporter = new Exporter(platform.caller('ledger'), platform.url('ledger'), pid!);
      const rows: Row[] = [];
      for (const format of ['csv', 'sarif'])
        rows.push(...(await inPairs(rounds, { of: `${count.toLocaleString('en')} as ${format}`, ours: () => exporter.export(format) })));
      return rows;
    } finally {
      await platform.stop();
    }
  },
};

class Exporter {
  constructor(
    private readonly caller: SignedCaller,
    private readonly url: string,
    private readonly pid: number,
  ) {}

  async export(format: string): Promise<Sample> {
    const path = `/api/v1/exports/findings?format=${format}`;
    const before = usageOf(this.pid);
    let resident = 0;
    const look = setInterval(() => (resident = Math.max(resident, usageOf(this.pid).residentMiB)), lookMs);
    try {
      const { ms, result: bytes } = await clocked(() => this.read(path));
      const cpuMs = usageOf(this.pid).cpuMs - before.cpuMs;
      return {
        seconds: ms / 1000,
        'CPU seconds': cpuMs / 1000,
        'resident MiB before': before.residentMiB,
        'most resident MiB': resident,
        MB: bytes / 1e6,
      };
    } finally {
      clearInterval(look);
    }
  }

  private async read(path: string): Promise<number> {
    const answer = await request(`${this.url}${path}`, {
      headers: { authorization: this.caller.authorization('GET', path) },
      bodyTimeout: 30_000,
    });
    if (answer.statusCode !== 200) throw new Error(`the export answered ${answer.statusCode}: ${await answer.body.text()}`);
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) bytes += chunk.length;
    return bytes;
  }
}
