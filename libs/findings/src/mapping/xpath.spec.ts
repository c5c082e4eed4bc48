import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { readReport } from '../readers/read-report.ts';
import { mapped } from './built-in.ts';
import { valuesAt } from './path.ts';
import { textsBelow, valueOfElement, xpathOf } from './xpath.ts';

const leaf = (name: string, text: string, attributes: Record<string, string> = {}) => ({ name, line: 1, attributes, children: [], text });
const root = valueOfElement({
  ...{ name: 'file', line: 1, text: 'own', attributes: { name: 'a.ts' } },
  children: [leaf('ref', 'one', { type: 'cwe' }), leaf('ref', 'two', { type: 'url/x' })],
});

describe('paths into XML', () => {
  it.each([
    ['@name', ['a.ts']],
    ['./text()', ['own']],
    ['./ref', ['one', 'two']],
    ['./ref[2]', ['two']],
    ["./ref[@type='url/x']/text()", ['two']],
    ['./ref/@type', ['cwe', 'url/x']],
    ['./none/@type', []],
  ])('%s leads to %j', (path, values) => {
    expect(valuesAt(xpathOf(path)!, root)).toEqual(values);
  });

  it('lead to the texts of all elements at a place, however deep it lies', () => {
    const deep = Array.from({ length: 30 }).reduce<ReturnType<typeof leaf>>(
      (inner) => ({ ...leaf('a', ''), children: [inner] as never[] }),
      leaf('a', 'ground'),
    );
    const place = Array.from({ length: 31 }, () => 'a').join('/');

    expect(valuesAt(textsBelow('ref'), root)).toEqual(['one', 'two']);
    expect(valuesAt(textsBelow(place), valueOfElement({ ...leaf('top', ''), children: [deep] }))).toEqual(['ground']);
  });

  it.each(['//ref', './ref//a', '/ref', './ref[', './ref[last()]', './@a/b', 'ref', './', '../', './ancestor::x', `.${'/a'.repeat(30)}`])(
    'refuses %s',
    (path) => expect(xpathOf(path)).toBeUndefined(),
  );

  it.each([
    ['checkstyle', { rule: 'MissingJavadocMethodCheck', severity: 'medium', path: 'src/main/java/shop/Cart.java', line: 12, column: 5 }],
    ['pmd', { rule: 'EmptyCatchBlock', title: 'Avoid empty catch blocks', path: 'src/main/java/shop/Cart.java', line: 7, endLine: 9 }],
    [
      'spotbugs',
      { rule: 'SQL_INJECTION', title: 'Potential SQL injection', severity: 'high', path: 'shop/Cart.java', line: 42, cwe: [89] },
    ],
  ])('read a report of %s', async (name, finding) => {
    const fixtures = new URL(`../readers/${name}/fixtures/`, import.meta.url);
    const file = readdirSync(fixtures).find((entry) => entry.startsWith('findings.'))!;
    const open = async function* (): AsyncIterable<Uint8Array> {
      yield readFileSync(new URL(file, fixtures));
    };
    const lines: object[] = [];
    for await (const line of readReport(mapped(name), open)) lines.push(line);

    expect(lines[0]).toMatchObject({ finding });
  });
});
