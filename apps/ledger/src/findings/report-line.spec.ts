import { describe, expect, it } from '@jest/globals';
import { identityKeys } from '@throughline/findings';
import fc from 'fast-check';
import { readReportLine } from './report-line.ts';

const finding = { class: 'code', rule: 'R1', title: 'T', severity: 'high' };
const read = (body: object): ReturnType<typeof readReportLine> =>
  readReportLine(JSON.stringify({ kind: 'finding', finding: { ...finding, ...body } }));

describe('readReportLine', () => {
  it('drops what only describes when it has the wrong shape', () => {
    const odd = {
      cwe: ['x', 79, -1, 1e99],
      location: { path: 'a', line: 0, column: 'x' },
      secret: { scheme: 'hmac-v1' },
      help: 7,
      fingerprints: { a: 1 },
    };

    expect(read(odd)).toEqual({ kind: 'finding', finding: { ...finding, cwe: [79], location: { path: 'a' }, fingerprints: {} } });
  });

  it('finds neither in anything else', () => {
    for (const text of ['', '{', 'null', '[]', '{"kind":"note"}', '{"kind":"finding"}', '{"kind":"component","component":[]}']) {
      expect(readReportLine(text)).toBeUndefined();
    }
  });

  it('never lets a shape through that identity cannot be made of', () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.record({ path: fc.jsonValue(), line: fc.jsonValue(), scheme: fc.jsonValue(), hmac: fc.jsonValue() }),
    );
    const body = fc.record({
      location: field,
      secret: field,
      fingerprints: fc.dictionary(fc.string(), field),
      resource: field,
      rule: field,
      title: field,
    });
    const kinds = fc.constantFrom('code', 'secret', 'configuration', 'vulnerability');

    fc.assert(
      fc.property(body, kinds, (parts, kind) => {
        const line = read({ ...parts, class: kind });
        if (line?.kind !== 'finding') return;
        expect(identityKeys(line.finding, 'git.example/a/b')[0]!.key).toMatch(/^[0-9a-f]{64}$/);
        expect(JSON.stringify(line)).not.toContain('\\u0000');
      }),
    );
  });
});
