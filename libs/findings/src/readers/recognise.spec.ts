import { describe, expect, it } from '@jest/globals';
import { readMapping } from '../mapping/read-mapping.ts';
import { recogniseReport } from './recognise.ts';
import type { ReportReader } from './reader.ts';

const ownOf = (name: string, mark: string): ReportReader =>
  readMapping(`name: ${name}
title: ${name}
finds: code
recognise: [${mark}]
results: $.results.*
finding: { class: code, rule: '@.id', title: '@.id' }`);

const sarif = '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"acme"}},"results":[]}]}';
const recognise = (text: string, format: string, own: readonly ReportReader[]): string =>
  recogniseReport(Buffer.from(text), true, format, own).reader.name;

describe('readers of an installation', () => {
  const lint = ownOf('own-lint', '$.ownVersion');

  it('take what no other reader does', () => {
    expect(recognise('{"ownVersion":1,"results":[]}', 'auto', [lint])).toBe('own-lint');
    expect(recognise('{"ownVersion":1,"results":[]}', 'own-lint', [lint])).toBe('own-lint');
  });

  it.each(['$', '$.runs', '$.*', '$.runs.tool.driver'])('cannot take away what is built in by the mark %s', (mark) => {
    expect(recognise(sarif, 'auto', [ownOf('own-greedy', mark)])).toBe('sarif');
    expect(recognise(sarif, 'sarif', [ownOf('own-greedy', mark)])).toBe('sarif');
  });

  it('are told apart by nobody when two of them take it', () => {
    const other = ownOf('own-other', '$.results');

    expect(() => recognise('{"ownVersion":1,"results":[]}', 'auto', [lint, other])).toThrow('own-lint or own-other: name the format');
    expect(recognise('{"ownVersion":1,"results":[]}', 'own-other', [lint, other])).toBe('own-other');
  });

  it('are named among the formats that there are', () => {
    expect(() => recognise('{"x":1}', 'auto', [lint])).toThrow('own-lint');
    expect(() => recognise('{"x":1}', 'other', [lint])).toThrow('own-lint');
  });

  it('do not read what is of another format, when they are named', () => {
    expect(() => recognise(sarif, 'own-lint', [lint])).toThrow('not own-lint');
  });
});
