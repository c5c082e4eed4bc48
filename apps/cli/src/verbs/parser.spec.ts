import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakePlatform, type Answer } from '../fixtures/fake-platform.ts';
import { deleteMapping, listMappings, saveMapping, tryOnServer } from './parser.ts';

const mapping = `name: own-lint
title: Own Lint
finds: code
recognise: [$.results]
results: $.results.*
finding: { class: code, rule: '@.id', title: '@.text' }
`;
const saved = (version: number) => ({ name: 'own-lint', title: 'Own \u001b[2JLint', version, savedBy: 'ada', usable: true });

describe('throughline parser', () => {
  let platform: FakePlatform;
  let file: string;
  /** By method and path; all else is 404. */
  let answers: Record<string, Answer>;

  beforeEach(async () => {
    answers = {};
    platform = await FakePlatform.start(({ method, path }) => answers[`${method} ${path}`] ?? [404, {}]);
    file = await platform.write('own-lint.yaml', mapping);
  });
  afterEach(() => platform.stop());

  it('saves after the version that is there, and names none of what is not', async () => {
    answers = { 'PUT report-mappings/own-lint': [200, saved(1)] };
    expect(await saveMapping(platform.api(), file, {})).toBe(0);
    answers = { 'GET report-mappings/own-lint': [200, saved(1)], 'PUT report-mappings/own-lint': [200, saved(2)] };
    expect(await saveMapping(platform.api(), file, {})).toBe(0);

    const puts = platform.asked.filter(({ method }) => method === 'PUT');
    expect(puts).toEqual([
      expect.objectContaining({ match: undefined, type: 'application/yaml', body: mapping }),
      expect.objectContaining({ match: '"1"', body: mapping }),
    ]);
    expect(platform.printed).toContain('own-lint version 2');
  });

  it('sends nothing that cannot be used', async () => {
    const wrong = await platform.write('wrong.yaml', mapping.replace("'@.id'", "'@..id'"));

    await expect(saveMapping(platform.api(), wrong, {})).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('line 6') });
    expect(platform.asked).toEqual([]);
  });

  it('lists without letting a title reach the terminal', async () => {
    answers = { 'GET report-mappings?limit=50': [200, { items: [saved(3)], next: null }] };
    await listMappings(platform.api(), { limit: '50' });

    expect(platform.printed).toContain('own-lint  version 3');
    expect(platform.printed).not.toContain('\u001b[2J');
  });

  it('deletes the version that is there', async () => {
    answers = { 'GET report-mappings/own-lint': [200, saved(4)], 'DELETE report-mappings/own-lint': [204, undefined] };

    expect(await deleteMapping(platform.api(), 'own-lint', {})).toBe(0);
    expect(platform.asked.at(-1)).toMatchObject({ method: 'DELETE', match: '"4"' });
  });

  it('prints what the server would read', async () => {
    const findings = [{ class: 'code', rule: 'r1', title: 'Bad', severity: 'high', path: 'a.ts', line: 3 }];
    const rejected = [{ pointer: '/results/1', detail: 'a result says its rule' }];
    answers = { 'POST report-mappings/own-lint/try': [200, { version: 2, reported: 2, accepted: 1, unread: 0, rejected, findings }] };
    await tryOnServer(platform.api(), 'own-lint', await platform.write('report.json', '{}'), {});

    expect(platform.printed).toContain('high  r1  Bad  a.ts:3\n');
    expect(platform.printed).toContain('rejected  /results/1');
  });
});
