import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readVex } from './read-vex.ts';
import { vexStatuses } from './vex.ts';
import { openVexOf, type VexSaying } from './write-openvex.ts';

const head = { id: 'https://t.example/vex/1', author: 'Acme', at: '2026-11-24T00:00:00.000Z' };
const words = fc.stringMatching(/^[a-z][a-z ]{0,30}[a-z]$/);
const saying: fc.Arbitrary<VexSaying> = fc.record(
  {
    vulnerability: fc.integer({ min: 1000, max: 99_999 }).map((number) => `CVE-2026-${number}`),
    aliases: fc.uniqueArray(fc.constantFrom('GHSA-aaaa-bbbb-cccc', 'PYSEC-2026-1'), { maxLength: 2 }),
    product: fc.constantFrom('https://git.example/acme/shop', 'pkg:github/acme/shop', 'pkg:oci/shop?repository_url=acme%2Fshop'),
    parts: fc.uniqueArray(fc.constantFrom('pkg:npm/a@1.0.0', 'pkg:npm/a@1.1.0', 'pkg:pypi/b'), { maxLength: 3 }),
    status: fc.constantFrom(...vexStatuses),
    reason: words,
    fixedIn: fc.constant('1.2.0'),
    at: fc.constant('2026-11-23T00:00:00.000Z'),
  },
  { requiredKeys: ['vulnerability', 'aliases', 'product', 'parts', 'status', 'at'] },
);

describe('OpenVEX that is written', () => {
  it('is read as what was said, part by part', () => {
    fc.assert(
      fc.property(fc.array(saying, { minLength: 1, maxLength: 10 }), (sayings) => {
        const document = readVex(Buffer.from(JSON.stringify(openVexOf(head, sayings))));

        expect(document).toMatchObject({ format: 'openvex', id: head.id, author: 'Acme', at: head.at });
        const said = document.lines.map((line) => ('statement' in line ? line.statement : line));
        expect(said).toMatchObject(
          sayings.flatMap(({ vulnerability, aliases, product, parts, status, at }) =>
            (parts.length === 0 ? [undefined] : parts).map((component) => ({
              ...{ names: [vulnerability, ...aliases], product, status, at },
              ...(component !== undefined && { component }),
            })),
          ),
        );
      }),
    );
  });

  it('is read in a signed envelope as well', () => {
    const document = openVexOf(head, [
      { vulnerability: 'CVE-2026-1000', aliases: [], product: 'pkg:npm/a', parts: [], status: 'not_affected', at: head.at },
    ]);
    const payload = Buffer.from(JSON.stringify(document)).toString('base64');

    const { lines } = readVex(Buffer.from(JSON.stringify({ payloadType: 'x', payload, signatures: [] })));

    expect(lines).toMatchObject([{ statement: { names: ['CVE-2026-1000'], status: 'not_affected', reason: 'no reason was given' } }]);
  });
});
