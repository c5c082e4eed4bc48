import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import type { ReadLine } from '../reader.ts';
import { readReport } from '../read-report.ts';
import { zap } from './zap.ts';

async function read(report: string): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(zap, () => Readable.from([Buffer.from(report)]))) lines.push(line);
  return lines;
}

const alert = {
  pluginid: '10011',
  alertRef: '10011-1',
  alert: 'Cookie',
  riskcode: '1',
  confidence: '2',
  cweid: '614',
  desc: '<p>Set it.</p>',
};
const instance = { uri: 'https://shop.example/login?sid=1', method: 'GET', param: 'sid' };

const xml = (...alerts: readonly object[]): string =>
  `<OWASPZAPReport>\n<site name="https://shop.example"><alerts>${alerts
    .map((one) => `\n<alertitem>${tags(one)}<instances><instance>${tags(instance)}</instance></instances></alertitem>`)
    .join('')}</alerts></site></OWASPZAPReport>`;
const tags = (fields: object): string =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${String(value).replaceAll('<', '&lt;')}</${name}>`)
    .join('');

describe('a report of ZAP', () => {
  it('says the same as XML and as JSON, without what was sent', async () => {
    const json = JSON.stringify({
      '@programName': 'ZAP',
      site: [{ alerts: [{ ...alert, instances: [instance] }], '@name': 'https://shop.example' }],
    });

    const lines = await read(xml(alert));

    expect(lines).toEqual(await read(json));
    expect(lines).toEqual([
      {
        finding: {
          ...{ class: 'code', rule: '10011-1', title: 'Cookie', severity: 'low', cwe: [614], confidence: 'medium' },
          description: 'Set it.\nSeen at:\nGET https://shop.example/login (sid)',
          resource: 'https://shop.example',
        },
      },
    ]);
  });

  it('names path and line of an alert that cannot be read, and reads the others', async () => {
    const [first, second] = await read(xml(alert, { alert: 'No rule' }));

    expect(first).toHaveProperty('finding');
    expect(second).toEqual({
      rejected: { pointer: '/OWASPZAPReport[1]/site[1]/alerts[1]/alertitem[2]', detail: expect.stringMatching(/^line 4: /) },
    });
  });
});
