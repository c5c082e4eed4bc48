import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FindingAnswer } from '@throughline/contracts';
import { codeFinding, LedgerInTest, type SignedAnswer } from '@throughline/testing';
import { parse } from 'csv-parse/sync';
import definition from '../service.ts';

/** More than are read at once. */
const many = 2_100;
const [large, small] = ['git.example/acme/large', 'git.example/acme/small'];

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  const findings = Array.from({ length: many }, (_, index) =>
    codeFinding(`RULE-${index % 7}`, { location: { path: `src/file-${index}.py`, line: 1, snippet: `eval(${index})` } }),
  );
  // In turn, so that the order of repositories is not that in which they came.
  await ledger.scan({ repository: small, commit: 'a1', position: 1, findings: [codeFinding('B602', { severity: 'low' })] });
  await ledger.scan({ repository: large, commit: 'b1', position: 1, findings });
  await ledger.scan({
    repository: small,
    commit: 'a2',
    position: 2,
    findings: [codeFinding('B602', { severity: 'low' }), codeFinding('B303')],
  });
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const exported = <T>(query: string, user: object = {}): Promise<SignedAnswer<T>> =>
  ledger.call<T>('GET', `/api/v1/exports/findings?${query}`, { user });

describe('an export of findings', () => {
  it('is all that the filters find, each once', async () => {
    const { body, headers } = await exported<string>('format=csv');

    const rows = parse<Record<string, string>>(body, { columns: true });
    expect(rows.filter(({ repository }) => repository === small)).toHaveLength(2);
    expect([rows.length, new Set(rows.map(({ id }) => id)).size]).toEqual([many + 2, many + 2]);
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': expect.stringMatching(/^attachment; filename="findings-\d{8}T\d{6}Z\.csv"$/),
    });
  });

  it('takes the filters of the list, and says of each finding what the list says', async () => {
    const { body: lines } = await exported<string>(`format=json&repository=${small}&severity=low`);
    const { body } = await ledger.call<{ items: FindingAnswer[] }>('GET', `/api/v1/findings?repository=${small}&severity=low`);

    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(body.items);
    expect(body.items).toHaveLength(1);
  });

  it('has a run of SARIF for each repository', async () => {
    const { runs } = (await exported<{ runs: { results: object[]; tool: { driver: { rules: object[] } } }[] }>('format=sarif')).body;

    expect(runs.map(({ results, tool }) => [results.length, tool.driver.rules.length])).toEqual([
      [many, 7],
      [2, 2],
    ]);
  });

  it('is empty, and still a file, for whoever may see none of it', async () => {
    const { body } = await exported<string>('format=csv', { applications: ['another'] });

    expect(body.trim().split('\r\n')).toHaveLength(1);
  });

  it.each([
    ['format=pdf', '/format'],
    ['severity=high', '/format'],
    ['format=csv&limit=5', '/limit'],
    ['format=csv&sort=-risk', '/sort'],
    ['format=csv&severity=terrible', '/severity'],
  ])('is refused before anything is sent: %s', async (query, pointer) => {
    expect(await exported(query)).toMatchObject({ status: 400, body: { errors: [expect.objectContaining({ pointer })] } });
  });
});
