import { readReport, reportReaders } from '@throughline/findings';
import type { Bench, Sample } from '../bench.ts';
import { clocked, inPairs } from '../pairs.ts';

const chunkBytes = 64 * 1024;

export const sarifReading: Bench = {
  name: 'sarif-reading',
  decides: 'whether reports are read as a stream at a price that one can pay for bounded memory',
  peer: 'JSON.parse of the whole report',
  async run({ short, rounds }) {
    const results = short ? 4_000 : 40_000;
    const report = Buffer.from(reportOf(results));
    const megabytes = report.length / 2 ** 20;
    const rate = async (work: () => unknown): Promise<Sample> => {
      const { ms, cpuMs } = await clocked(work);
      return { 'MB/s': megabytes / (ms / 1000), 'CPU ms per MB': cpuMs / megabytes };
    };
    const contest = {
      of: `${megabytes.toFixed(1)} MB, ${results} results`,
      ours: () => rate(() => streamed(report, results)),
      peer: () => rate(() => JSON.parse(report.toString('utf8'))),
    };
    await contest.ours();
    return inPairs(rounds, contest);
  },
};

const sarif = reportReaders.find(({ name }) => name === 'sarif')!;

async function streamed(report: Buffer, results: number): Promise<void> {
  let findings = 0;
  for await (const line of readReport(sarif, () => chunksOf(report))) if ('finding' in line) findings += 1;
  if (findings !== results) throw new Error(`${findings} findings were read of ${results} results`);
}

async function* chunksOf(report: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < report.length; at += chunkBytes) yield report.subarray(at, at + chunkBytes);
}

/** Results as CodeQL and semgrep write them: a message, a region with a snippet, fingerprints, properties. */
function reportOf(count: number): string {
  const results = Array.from({ length: count }, (_, index) => ({
    ruleId: `js/rule-${index % 80}`,
    level: ['error', 'warning', 'note'][index % 3],
    message: { text: `This value depends on a [user-provided value](${index}) and reaches a sink without being checked.` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: `src/routes/module-${index % 300}/handler.ts`, uriBaseId: '%SRCROOT%' },
          region: {
            startLine: index,
            startColumn: 7,
            endColumn: 41,
            snippet: { text: `  const rows = await db.query(sql + request.query.q${index});` },
          },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${index.toString(16).padStart(16, '0')}:1` },
    properties: { 'security-severity': '8.8', precision: 'high', tags: ['security', 'external/cwe/cwe-089'] },
  }));
  const tool = { driver: { name: 'bench', rules: [] } };
  return JSON.stringify({ version: '2.1.0', runs: [{ tool, results }] });
}
