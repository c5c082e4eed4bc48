import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readVex } from './read-vex.ts';
import { vexFormats } from './vex-formats.ts';
import { VexUnsayable, type VexSaying } from './vex-saying.ts';
import { vexStatuses, type VexStatement } from './vex.ts';

const head = { id: 'https://t.example/vex/0123456789abcdef', author: 'Acme', at: '2026-11-24T00:00:00.000Z' };
const products = ['https://git.example/acme/shop', 'pkg:github/acme/shop', 'pkg:oci/shop?repository_url=acme%2Fshop'];
const named = fc.constantFrom(
  { vulnerability: 'CVE-2026-1000', aliases: ['GHSA-aaaa-bbbb-cccc', 'PYSEC-2026-1'] },
  { vulnerability: 'CVE-2026-1001', aliases: [] },
  { vulnerability: 'GHSA-dddd-eeee-ffff', aliases: [] },
);
const said = fc.record(
  {
    product: fc.constantFrom(...products),
    parts: fc.uniqueArray(fc.constantFrom('pkg:npm/a@1.0.0', 'pkg:npm/%40acme/a@1.1.0', 'pkg:pypi/b'), { maxLength: 3 }),
    status: fc.constantFrom(...vexStatuses),
    reason: fc.stringMatching(/^[a-z][a-z ]{0,30}[a-z]$/),
    fixedIn: fc.constant('1.2.0'),
    at: fc.constant('2026-11-23T00:00:00.000Z'),
  },
  { requiredKeys: ['product', 'parts', 'status', 'at'] },
);
const sayings: fc.Arbitrary<VexSaying[]> = fc.uniqueArray(
  fc.tuple(named, said).map(([names, rest]) => ({ ...names, ...rest })),
  { minLength: 1, maxLength: 10, selector: ({ vulnerability, product }) => `${vulnerability} ${product}` },
);

/** What a reader is to find, one text for each part of each product. */
const expected = ({ vulnerability, aliases, product, parts, status }: VexSaying): string[] =>
  (parts.length === 0 ? ['all of it'] : parts).map((part) => [[vulnerability, ...aliases].sort(), product, part, status].join(' '));
const found = ({ names, product, component = 'all of it', status }: VexStatement): string =>
  [[...names].sort(), product, component, status].join(' ');

describe.each(Object.entries(vexFormats))('what is written as %s', (name, format) => {
  /** CycloneDX is of one product. */
  const sayable = (all: readonly VexSaying[]): readonly VexSaying[] =>
    name === 'vex-cyclonedx' ? all.filter(({ product }) => product === all[0]!.product) : all;

  it('is read as what was said, part by part, with a reason for what is not affected', () => {
    fc.assert(
      fc.property(sayings.map(sayable), (all) => {
        const document = readVex(Buffer.from(JSON.stringify(format.write(head, all))));

        expect(document).toMatchObject({ author: 'Acme', at: head.at });
        const statements = document.lines.map((line) => ('statement' in line ? line.statement : undefined));
        expect(statements.map((statement) => statement && found(statement)).sort()).toEqual(all.flatMap(expected).sort());
        for (const statement of statements) if (statement?.status === 'not_affected') expect(statement.reason).toBeDefined();
      }),
    );
  });

  it('has the same id for the same question, whenever it is asked', () => {
    const [one] = fc.sample(sayings, 1);
    const idAt = (at: string): string => readVex(Buffer.from(JSON.stringify(format.write({ ...head, at }, [one![0]!])))).id;

    expect(idAt('2027-01-01T00:00:00.000Z')).toBe(idAt(head.at));
  });

  it('is read in a signed envelope as well', () => {
    const [all] = fc.sample(sayings, 1);
    const payload = Buffer.from(JSON.stringify(format.write(head, sayable(all!)))).toString('base64');

    expect(readVex(Buffer.from(JSON.stringify({ payloadType: 'x', payload, signatures: [] }))).lines).not.toEqual([]);
  });
});

it('CycloneDX says it of one product, and CSAF says something', () => {
  const [one] = fc.sample(sayings, 1);
  const both = products.slice(0, 2).map((product) => ({ ...one![0]!, product }));

  expect(() => vexFormats['vex-cyclonedx'].write(head, both)).toThrow(VexUnsayable);
  expect(() => vexFormats['vex-csaf'].write(head, [])).toThrow(VexUnsayable);
});
