import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { FindingAnswer } from '@throughline/contracts';
import { readReport, recogniseReport } from '@throughline/findings';
import { sarifOf } from './sarif.ts';

const secret: FindingAnswer = {
  id: 'f1',
  class: 'secret',
  rule: 'aws-access-token',
  title: 'AWS access key',
  severity: 'critical',
  detection: 'open',
  triage: 'new',
  presence: ['source'],
  risk: { score: 90, priority: 'P1', due: '2026-12-01T00:00:00.000Z' },
  location: { path: 'src/with space/Ä.env', line: 3 },
  attributions: [],
  repository: 'git.example/a/b',
  application: 'shop',
  owner: 'ada',
  firstSeen: '2026-11-01T00:00:00.000Z',
  lastSeen: '2026-11-01T00:00:00.000Z',
  introducedBy: { commit: 'c'.repeat(40) },
  aliases: [],
  chain: 'x',
  url: 'https://tl.example/findings/f1',
};
const vulnerability: FindingAnswer = {
  ...secret,
  id: 'f2',
  class: 'vulnerability',
  rule: 'CVE-2021-44906',
  title: 'Prototype pollution in minimist',
  severity: 'medium',
  cwe: [1321],
  triage: 'risk_accepted',
  location: { path: 'package-lock.json' },
  component: { purl: 'pkg:npm/minimist@1.2.5', version: '1.2.5', fixedIn: '1.2.6' },
  waiver: { id: 'w', label: 'W-31', until: '2026-12-24T00:00:00.000Z', url: 'https://tl.example/waivers/w' },
};

describe('findings as SARIF', () => {
  it('say what, where, how bad and until when', () => {
    const log = sarifOf([secret, vulnerability], { root: 'file:///home/ada/shop/', commit: 'c'.repeat(40) });

    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          originalUriBaseIds: { SRCROOT: { uri: 'file:///home/ada/shop/' } },
          tool: { driver: { name: 'Throughline', rules: [{ id: 'aws-access-token' }, { properties: { 'security-severity': '5.5' } }] } },
          results: [
            {
              ruleIndex: 0,
              level: 'error',
              message: { text: 'AWS access key (P1, due 2026-12-01)' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'src/with%20space/%C3%84.env', uriBaseId: 'SRCROOT' },
                    region: { startLine: 3 },
                  },
                },
              ],
              partialFingerprints: { 'throughlineFinding/v1': 'f1' },
            },
            {
              ruleIndex: 1,
              level: 'warning',
              message: { text: 'Prototype pollution in minimist in pkg:npm/minimist@1.2.5; fixed in 1.2.6 (P1, due 2026-12-01)' },
              suppressions: [
                { kind: 'external', status: 'accepted', justification: 'W-31 until 2026-12-24: https://tl.example/waivers/w' },
              ],
            },
          ],
        },
      ],
    });
  });

  it('name each rule once, and are a log without any', () => {
    const log = sarifOf([secret, { ...secret, id: 'f3' }]) as { runs: [{ tool: { driver: { rules: unknown[] } }; results: unknown[] }] };
    expect([log.runs[0].tool.driver.rules.length, log.runs[0].results.length]).toEqual([1, 2]);

    expect(sarifOf([])).toMatchObject({ runs: [{ results: [] }] });
  });

  it('are read back as the same findings at the same places', async () => {
    const text = Buffer.from(JSON.stringify(sarifOf([secret, vulnerability])));
    const { reader, tool } = recogniseReport(text, true, 'auto');
    const read = [];
    for await (const line of readReport(reader, () => Readable.from([text]))) if ('finding' in line) read.push(line.finding);

    expect([reader.title, tool]).toEqual(['SARIF 2.1.0', 'Throughline']);
    expect(read).toMatchObject([
      { rule: 'aws-access-token', path: 'src/with space/Ä.env', line: 3, severity: 'critical' },
      { rule: 'CVE-2021-44906', path: 'package-lock.json', severity: 'medium', cwe: [1321] },
    ]);
  });
});
