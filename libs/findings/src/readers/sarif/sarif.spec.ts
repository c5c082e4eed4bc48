import { describe, expect, it } from '@jest/globals';
import { headBytes } from '../head.ts';
import { readReport } from '../read-report.ts';
import type { ReadLine } from '../reader.ts';
import { recogniseReport } from '../recognise.ts';
import { sarif } from './sarif.ts';

const driver = { name: 'ExampleLint', rules: [{ id: 'EX1', guid: 'A1', defaultConfiguration: { level: 'note' } }] };
const result = { ruleId: 'EX1', message: { text: 'wrong' } };

async function readBytes(bytes: Buffer): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  const open = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  };
  for await (const line of readReport(sarif, open)) lines.push(line);
  return lines;
}

const read = (run: object, more: object = {}): Promise<ReadLine[]> =>
  readBytes(Buffer.from(JSON.stringify({ version: '2.1.0', runs: [{ results: [result], tool: { driver }, ...run }], ...more })));
const finding = async (run: object): Promise<unknown> => (await read(run)).flatMap((line) => ('finding' in line ? [line.finding] : []))[0];

describe('a SARIF report', () => {
  it('takes the level that the invocation of a result gave its rule', async () => {
    const override = (descriptor: object): object => ({
      executionSuccessful: true,
      ruleConfigurationOverrides: [{ descriptor, configuration: { level: 'error' } }],
    });
    const results = [{ ...result, provenance: { invocationIndex: 1 } }];
    const invocations = [{ executionSuccessful: true }, override({ id: 'EX1' })];

    expect(await finding({ invocations })).toMatchObject({ severity: 'low' });
    expect(await finding({ invocations, results })).toMatchObject({ severity: 'high' });
    expect(await finding({ invocations: [invocations[0], override({ index: 0 })], results })).toMatchObject({ severity: 'high' });
    expect(await finding({ invocations, results: [{ ...results[0], level: 'warning' }] })).toMatchObject({ severity: 'medium' });
  });

  it('finds the rule by its GUID', async () => {
    expect(await finding({ results: [{ rule: { guid: 'a1' }, message: { text: 'wrong' } }] })).toMatchObject({ rule: 'EX1' });
  });

  it.each([
    ['name', { id: 'CWE-79', toolComponent: { name: 'CWE' } }],
    ['number', { index: 1, toolComponent: { index: 0 } }],
    ['GUID', { guid: 'T79', toolComponent: { guid: 'tax' } }],
  ])('finds the CWE of a taxonomy by %s', async (_, taxon) => {
    const taxonomies = [
      { name: 'CWE', guid: 'tax', taxa: [{ id: '20' }, { id: '79', guid: 't79' }] },
      { name: 'OWASP', taxa: [{ id: '3' }] },
    ];

    expect(await finding({ taxonomies, results: [{ ...result, taxa: [taxon, { id: '3', toolComponent: { index: 1 } }] }] })).toMatchObject({
      cwe: [79],
    });
  });

  it('takes messages of the whole tool, with doubled braces and without links that lead nowhere', async () => {
    const tool = {
      driver: { ...driver, globalMessageStrings: { flow: { text: 'From [{0}](1) into {{x}}, see [docs](https://docs.example)' } } },
    };
    const results = [{ ...result, message: { id: 'flow', arguments: ['the user'] } }];

    expect(await finding({ tool, results })).toMatchObject({ description: 'From the user into {x}, see [docs](https://docs.example)' });
  });

  it.each([
    ['failed', { invocations: [{ executionSuccessful: false }] }],
    ['told of an error', { invocations: [{ executionSuccessful: true, toolExecutionNotifications: [{ level: 'error' }] }] }],
    ['could not be configured', { invocations: [{ executionSuccessful: true, toolConfigurationNotifications: [{ level: 'error' }] }] }],
    ['did not look', { results: null }],
    ['has no list of results', { results: undefined }],
  ])('closes nothing when its tool %s', async (_, run) => {
    expect(await read(run)).toContainEqual({ unread: {} });
  });

  it('closes what is gone when its tool looked, also with a warning', async () => {
    const invocations = [{ executionSuccessful: true, toolExecutionNotifications: [{ level: 'warning' }] }];

    expect(await read({ results: [], invocations })).toEqual([]);
  });

  it('is refused when its results lie elsewhere', async () => {
    const elsewhere = { externalPropertyFileReferences: { results: [{ location: { uri: 'results.json' } }] } };

    await expect(read(elsewhere)).rejects.toMatchObject({ code: 'report_refused', place: { pointer: '/runs' } });
    await expect(read({}, { inlineExternalProperties: [{ results: [result] }] })).rejects.toMatchObject({
      place: { pointer: '/inlineExternalProperties' },
    });
  });

  it.each([
    ['UTF-16, little end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ])('is read in %s', async (_, encoded) => {
    const bytes = encoded(
      JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results: [{ ...result, message: { text: 'größer' } }] }] }),
    );

    expect(recogniseReport(bytes.subarray(0, headBytes), true)).toMatchObject({ reader: { name: 'sarif' }, tool: 'ExampleLint' });
    expect(await readBytes(bytes)).toEqual([{ finding: expect.objectContaining({ description: 'größer' }) }]);
  });

  it('is refused when UTF-16 breaks off within a character', async () => {
    const bytes = Buffer.from(`\ufeff${JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver }, results: [] }] })}`, 'utf16le');

    await expect(readBytes(bytes.subarray(0, -1))).rejects.toMatchObject({ code: 'report_refused' });
  });
});
