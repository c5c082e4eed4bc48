import { describe, expect, it } from '@jest/globals';
import { ReportRefused } from '../readers/report-refused.ts';
import { readVex } from './read-vex.ts';
import type { VexDocument } from './vex.ts';

const reading = (document: unknown): VexDocument => readVex(Buffer.from(JSON.stringify(document)));
const openvex = (...statements: object[]) => ({
  ...{ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'https://vex.example/1', author: 'Acme', timestamp: '2026-01-02T03:04:05Z' },
  statements,
});
const refusal = (document: unknown): string | undefined => {
  try {
    reading(document);
  } catch (error) {
    if (error instanceof ReportRefused) return error.place.pointer;
    throw error;
  }
  return undefined;
};

describe('OpenVEX', () => {
  it('has one line for each part of each product', () => {
    const vulnerability = { name: 'cve-2026-1', aliases: ['GHSA-aaaa-bbbb-cccc'] };
    const products = [{ '@id': 'pkg:oci/shop', subcomponents: [{ '@id': 'pkg:npm/a' }, { identifiers: { purl: 'pkg:npm/b' } }] }];
    const statement = { vulnerability, products, status: 'not_affected', justification: 'component_not_present' };

    const document = reading(openvex(statement));

    const said = {
      ...{ names: ['CVE-2026-1', 'GHSA-aaaa-bbbb-cccc'], status: 'not_affected', justification: 'component_not_present' },
      product: 'pkg:oci/shop',
    };
    expect(document).toEqual({
      ...{ format: 'openvex', id: 'https://vex.example/1', author: 'Acme', at: '2026-01-02T03:04:05.000Z' },
      lines: [{ statement: { ...said, component: 'pkg:npm/a' } }, { statement: { ...said, component: 'pkg:npm/b' } }],
    });
  });

  it('refuses a statement that lacks what makes it one, with its place', () => {
    const good = { vulnerability: { name: 'CVE-2026-1' }, products: [{ '@id': 'pkg:npm/a' }], status: 'affected' };
    const { lines } = reading(
      openvex(
        { ...good, status: 'not_affected' },
        { ...good, status: 'harmless' },
        { ...good, products: [] },
        { ...good, vulnerability: {} },
        { ...good, products: [{ '@id': 'pkg:npm/a', subcomponents: [{}] }] },
      ),
    );

    expect(lines.map((line) => ('rejected' in line ? line.rejected.pointer : line))).toEqual([
      '/statements/0/products/0',
      '/statements/1/products/0',
      '/statements/2',
      '/statements/3/products/0',
      '/statements/4/products/0/subcomponents/0',
    ]);
  });
});

describe('CycloneDX', () => {
  const bom = (fields: object, affects: object[] = [{ ref: 'lib' }]) => ({
    ...{
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      serialNumber: 'urn:uuid:1',
      metadata: { component: { name: 'shop', purl: 'pkg:oci/shop' } },
    },
    components: [{ name: 'a', purl: 'pkg:npm/a@1.0.0', 'bom-ref': 'lib' }],
    vulnerabilities: [{ id: 'CVE-2026-1', analysis: { state: 'not_affected', detail: 'never called' }, affects, ...fields }],
  });

  it('speaks of a part of what the document is about', () => {
    expect(reading(bom({})).lines).toEqual([
      {
        statement: {
          ...{
            names: ['CVE-2026-1'],
            status: 'not_affected',
            reason: 'never called',
            product: 'pkg:oci/shop',
            component: 'pkg:npm/a@1.0.0',
          },
        },
      },
    ]);
  });

  it('speaks of the versions that it names, and refuses ranges', () => {
    const { lines } = reading(bom({}, [{ ref: 'lib', versions: [{ version: '2.0.0' }, { range: 'vers:npm/<2' }] }]));

    expect(lines).toMatchObject([
      { statement: { component: 'pkg:npm/a@2.0.0' } },
      { rejected: { pointer: '/vulnerabilities/0/affects/0/versions/1' } },
    ]);
  });

  it('says nothing by a vulnerability without an analysis', () => {
    expect(refusal(bom({ analysis: undefined }))).toBe('');
  });
});

describe('CSAF', () => {
  it('knows what is part of what', () => {
    const product = (id: string, purl: string) => ({ product_id: id, name: id, product_identification_helper: { purl } });
    const { lines, author } = reading({
      document: { csaf_version: '2.0', publisher: { name: 'Acme' }, tracking: { id: 'A-1', current_release_date: '2026-01-01T00:00:00Z' } },
      product_tree: {
        full_product_names: [product('P', 'pkg:oci/shop'), product('C', 'pkg:npm/a')],
        relationships: [
          { product_reference: 'C', relates_to_product_reference: 'P', full_product_name: { product_id: 'CP', name: 'a in shop' } },
        ],
      },
      vulnerabilities: [
        {
          ...{ cve: 'CVE-2026-1', product_status: { known_not_affected: ['CP', 'P', 'C', 'gone'] } },
          ...{
            flags: [{ label: 'component_not_present', product_ids: ['CP'] }],
            threats: [{ category: 'impact', details: 'no', product_ids: ['P', 'gone'] }],
          },
        },
      ],
    });

    expect(author).toBe('Acme');
    expect(lines).toMatchObject([
      { statement: { product: 'pkg:oci/shop', component: 'pkg:npm/a', justification: 'component_not_present' } },
      { statement: { product: 'pkg:oci/shop', reason: 'no' } },
      { rejected: { pointer: '/vulnerabilities/0/product_status/known_not_affected/2' } },
      { rejected: { pointer: '/vulnerabilities/0/product_status/known_not_affected/3' } },
    ]);
  });
});

describe('what is no VEX', () => {
  it.each([[[]], [{}], [{ bomFormat: 'CycloneDX' }], [{ document: { csaf_version: '1.2' } }], ['text']])('is refused: %j', (document) => {
    expect(refusal(document)).toBeDefined();
  });

  it('is refused when it is cut, or too large', () => {
    expect(() => readVex(Buffer.from('{"@context"'))).toThrow(ReportRefused);
    expect(() => readVex(Buffer.alloc(2 * 1024 * 1024 + 1, 32))).toThrow(ReportRefused);
  });
});
