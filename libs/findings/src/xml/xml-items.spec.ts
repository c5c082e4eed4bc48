import { describe, expect, it } from '@jest/globals';
import { xmlItems } from './xml-items.ts';
import { xmlLimits, type XmlItem, type XmlLimits } from './xml-scanner.ts';

async function* pieces(report: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < report.length; at += size) yield report.subarray(at, at + size);
}

async function select(
  report: string | Buffer,
  selectors: readonly string[],
  { size = 3, limits = xmlLimits }: { size?: number; limits?: XmlLimits } = {},
): Promise<XmlItem[]> {
  const found: XmlItem[] = [];
  const bytes = typeof report === 'string' ? Buffer.from(report) : report;
  for await (const item of xmlItems(pieces(bytes, size), selectors, { limits })) found.push(item);
  return found;
}

const document = `<?xml version="1.0"?>
<r:report xmlns:r="urn:r">
  <site name="a &amp; b">
    <alert id="1"><name>ä&lt;€</name></alert>
    <alert id="2"><![CDATA[<raw>]]></alert>
  </site>
  <site name="c"><other/><alert/></site>
</r:report>
`;

describe('an XML stream', () => {
  it.each([1, 3, 7, 1000])('gives the selected elements with path and line, in pieces of %d bytes', async (size) => {
    const found = await select(document, ['/report/site/@', '/report/site/alert'], { size });

    expect(found.map(({ path, element: { line } }) => [path.join('/'), line])).toEqual([
      ['report[1]/site[1]', 3],
      ['report[1]/site[1]/alert[1]', 4],
      ['report[1]/site[1]/alert[2]', 5],
      ['report[1]/site[2]', 7],
      ['report[1]/site[2]/alert[1]', 7],
    ]);
    expect(found[0]!.element).toMatchObject({ attributes: { name: 'a & b' }, children: [] });
    expect(found[1]!.element.children).toEqual([{ name: 'name', line: 4, attributes: {}, children: [], text: 'ä<€' }]);
    expect(found[2]!.element.text).toBe('<raw>');
  });

  it.each([
    ['an unclosed element', '<a>\n<b></a>', 2],
    ['an end in the middle', '<a>\n<b>', 2],
    ['nothing', '', 1],
    ['an entity that is none of the five', '<a>\n&x;</a>', 2],
    ['entities of its own', '<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>', 1],
    ['a document type of elsewhere', '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>', 1],
    ['parameter entities', '<!DOCTYPE a [<!ENTITY % p "q"> %p;]><a/>', 1],
    ['more after its end', '<a/>\n<a/>', 2],
    ['two attributes of one name', '<a b="1" b="2"/>', 1],
  ])('refuses %s and names the place', async (_, text, line) => {
    await expect(select(text, ['/a/b'])).rejects.toMatchObject({ code: 'report_refused', place: { line } });
  });

  it('passes over a document type that only says which elements there are', async () => {
    expect(await select('<!DOCTYPE a [<!ELEMENT a (b*)> <!ATTLIST a v CDATA "">]><a><b/></a>', ['/a/b'])).toHaveLength(1);
  });

  it.each<[string, Partial<XmlLimits>]>([
    ['bytes', { maxBytes: 20 }],
    ['items', { maxItems: 1 }],
    ['characters in one item', { maxItemLength: 5 }],
    ['elements in one item', { maxItemElements: 1 }],
    ['characters in one text', { maxTokenLength: 10 }],
    ['levels', { maxDepth: 2 }],
  ])('refuses more %s than are allowed', async (_, limits) => {
    const text = `<a><b>${'x'.repeat(30)}<c/></b><b/></a>`;

    await expect(select(text, ['/a/b'], { limits: { ...xmlLimits, ...limits } })).rejects.toMatchObject({ code: 'report_refused' });
  });

  it('reads the encodings that are declared, and refuses bytes that are not of theirs', async () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a><b>\u00e4</b></a>', 'latin1');
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<a><b>€</b></a>', 'utf16le')]);
    const wrong = Buffer.concat([Buffer.from('<a><b>'), Buffer.from([0xe4]), Buffer.from('</b></a>')]);

    expect((await select(latin, ['/a/b']))[0]!.element.text).toBe('ä');
    expect((await select(wide, ['/a/b']))[0]!.element.text).toBe('€');
    await expect(select(wrong, ['/a/b'])).rejects.toMatchObject({ code: 'report_refused' });
    await expect(select('<?xml version="1.0" encoding="EBCDIC"?><a/>', ['/a/b'])).rejects.toMatchObject({ code: 'report_refused' });
  });
});
