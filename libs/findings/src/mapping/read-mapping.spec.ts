import { describe, expect, it } from '@jest/globals';
import type { RawFinding } from '../raw.ts';
import { readReport } from '../readers/read-report.ts';
import type { ReadLine } from '../readers/reader.ts';
import { MappingRefused } from './mapping-refused.ts';
import { readMapping } from './read-mapping.ts';

const beginning = `name: example-lint
title: Example
finds: [code, secret, vulnerability]
recognise: [$.results, $.exampleVersion]
results: $.results.*
`;
const mappingWith = (finding: string, more = ''): string => `${beginning}${more}finding:\n${finding}`;
const plain = `  class: code\n  rule: '@.rule'\n  title: '@.rule'\n`;

async function linesOf(mapping: string, report: unknown): Promise<ReadLine[]> {
  const bytes = Buffer.from(typeof report === 'string' ? report : JSON.stringify(report));
  const open = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
  };
  const lines: ReadLine[] = [];
  for await (const line of readReport(readMapping(mapping), open)) lines.push(line);
  return lines;
}

async function findingOf(mapping: string, result: unknown): Promise<RawFinding> {
  const [line] = await linesOf(mapping, { results: [result] });
  if (!line || !('finding' in line)) throw new Error(`no finding: ${JSON.stringify(line)}`);
  return line.finding;
}

function flawsOf(mapping: string): readonly object[] {
  try {
    readMapping(mapping);
    return [];
  } catch (error) {
    return (error as MappingRefused).flaws;
  }
}

describe('what a mapping says of a field', () => {
  it('takes paths, numbers in brackets, quoted keys and conditions', async () => {
    const mapping = mappingWith(
      `${plain}  path: "@.places[1]['file.name']"\n  help: "@.ids[?(@.type=='web')].value"\n  cwe: '@.cwes[*].id'\n`,
    );
    const result = {
      rule: 'r1',
      places: [{}, { 'file.name': 'src/a.ts' }],
      ids: [
        { type: 'other', value: 'https://wrong.example' },
        { type: 'WEB', value: 'https://right.example' },
      ],
      cwes: [{ id: 'CWE-79' }, { id: 89 }],
    };

    expect(await findingOf(mapping, result)).toMatchObject({ path: 'src/a.ts', help: 'https://right.example', cwe: [79, 89] });
  });

  it('takes the first alternative that is there, and a template only when all of it is', async () => {
    const mapping = mappingWith(`${plain}  path: ['@.file', 'somewhere']\n  resource: ['{@.kind}/{@.name}', '{@.kind}']\n`);

    expect(await findingOf(mapping, { rule: 'r1', file: '', kind: 'pod' })).toMatchObject({ path: 'somewhere', resource: 'pod' });
    expect(await findingOf(mapping, { rule: 'r1', file: 'a', kind: 'pod', name: 'web' })).toMatchObject({ path: 'a', resource: 'pod/web' });
  });

  it('says words in ours, whatever their case, and something else for the rest', async () => {
    const mapping = mappingWith(`${plain}  severity: { from: '@.level', words: { Blocker: critical, '3': low }, else: info }\n`);

    expect(await findingOf(mapping, { rule: 'r', level: 'BLOCKER' })).toMatchObject({ severity: 'critical' });
    expect(await findingOf(mapping, { rule: 'r', level: 3 })).toMatchObject({ severity: 'low' });
    expect(await findingOf(mapping, { rule: 'r', level: 'constructor' })).toMatchObject({ severity: 'info' });
  });

  it('takes the class from what a result says', async () => {
    const mapping = mappingWith(
      `  class: { from: '@.type', words: { LEAK: secret }, else: code }\n  rule: '@.rule'\n  title: '@.rule'\n  secret: '@.value'\n`,
    );

    expect(await findingOf(mapping, { rule: 'r', type: 'leak', value: 'correct-horse' })).toMatchObject({
      class: 'secret',
      secret: 'correct-horse',
    });
    expect(await findingOf(mapping, { rule: 'r', type: 'bug', value: 'correct-horse' })).not.toHaveProperty('secret');
  });

  it('keeps no value that the tool masked', async () => {
    const mapping = mappingWith(`  class: secret\n  rule: '@.rule'\n  title: '@.rule'\n  secret: '@.value'\n`);

    expect(await findingOf(mapping, { rule: 'r', value: 'REDACTED' })).not.toHaveProperty('secret');
  });

  it('reads lines that are texts or ranges, and those that are counted from zero', async () => {
    const mapping = mappingWith(`${plain}  line: '@.line'\n  column: { from: '@.column', number: from-zero }\n`);

    expect(await findingOf(mapping, { rule: 'r', line: '12-15', column: 0 })).toMatchObject({ line: 12, column: 1 });
    expect(await findingOf(mapping, { rule: 'r', line: 'x12' })).not.toHaveProperty('line');
  });

  it('quotes of numbered lines only those of the finding', async () => {
    const mapping = mappingWith(`${plain}  line: '@.line'\n  snippet: '@.code'\n`);

    expect(await findingOf(mapping, { rule: 'r', line: 8, code: '7: before()\n8: evil()\n9: after()\n' })).toMatchObject({
      snippet: 'evil()',
    });
    expect(await findingOf(mapping, { rule: 'r', line: 8, code: 'evil()' })).toMatchObject({ snippet: 'evil()' });
  });

  it('decodes base64 only where it is text again', async () => {
    const mapping = mappingWith(`  class: secret\n  rule: '@.rule'\n  title: '@.rule'\n  secret: { from: '@.value', base64: maybe }\n`);

    expect(await findingOf(mapping, { rule: 'r', value: Buffer.from('correct-horse-12').toString('base64') })).toMatchObject({
      secret: 'correct-horse-12',
    });
    expect(await findingOf(mapping, { rule: 'r', value: 'AKIAEXAMPLEKEY12' })).toMatchObject({ secret: 'AKIAEXAMPLEKEY12' });
  });

  it('spells packages as other readers do', async () => {
    const mapping = `${mappingWith("  class: vulnerability\n  rule: '@.id'\n  title: '@.id'\n")}package:
  name: '@.package'
  version: '@.version'
  ecosystem: { from: '@.kind', words: { node: npm } }
  ids: '@.id'
  cvss: '@.score'
`;

    expect(
      await findingOf(mapping, { id: 'cve-2026-12345', package: 'left-pad', version: '1.0.0', kind: 'node', score: '7.5' }),
    ).toMatchObject({
      vulnerability: { purl: 'pkg:npm/left-pad@1.0.0', ids: ['CVE-2026-12345'], cvss: 7.5 },
    });
  });

  it.each([
    ["{ from: '@.text', prefix: '= ' }", '= 1.5.0', '1.5.0'],
    ["{ from: '@.text', prefix: '= ' }", '>= 1.5.0', undefined],
    ["{ from: '@.text', prefix: '{@.rule}:' }", 'r1:src/a:b.ts', 'src/a:b.ts'],
    ["{ from: '@.text', after: '://', untilLast: ':' }", 'gav://org.example:core:2.0', 'org.example:core'],
    ["{ from: '@.text', afterLast: ':' }", 'gav://org.example:core:2.0', '2.0'],
    ["{ from: '@.text', after: '://' }", 'core', undefined],
    ["{ from: '@.text', until: ['?', '#'] }", 'https://a.example/b#c?d', 'https://a.example/b'],
    ["{ from: '@.text', until: ['?', '#'] }", 'https://a.example/b', 'https://a.example/b'],
    ["{ from: '@.text', until: '?' }", '?all', undefined],
    ["{ from: '@.text', not: [None, '-'] }", 'none', undefined],
    ["{ from: '@.text', not: [None, '-'] }", 'a', 'a'],
    ["{ from: '@.text', as: there }", 'anything', 'there'],
    ['{ from: "@.text", until: "\\n" }', 'first\nsecond', 'first'],
    ["{ from: '@.other', as: there, else: away }", 'anything', 'away'],
    ["{ from: '@.text', case: upper }", 'cve-2026-1', 'CVE-2026-1'],
  ])('changes what it reads as %s of %s', async (value, text, expected) => {
    const { resource } = await findingOf(mappingWith(`${plain}  resource: ${value}\n`), { rule: 'r1', text });

    expect(resource).toBe(expected);
  });
});

describe('results of a mapping', () => {
  it('reads each of what a result lists, beside what the result says of all', async () => {
    const mapping = mappingWith(`${plain}  path: '@.each.file'\n  resource: '@.key'\n`, "each: '@.places[*]'\n");
    const results = [
      { rule: 'a', places: [{ file: 'x' }, { file: 'y' }] },
      { rule: 'b', places: { web: { file: 'z' } } },
      { rule: 'c', places: [] },
      { rule: 'd' },
    ];

    expect(await linesOf(mapping, { results })).toMatchObject([
      { finding: { rule: 'a', path: 'x', resource: '0' } },
      { finding: { rule: 'a', path: 'y', resource: '1' } },
      { finding: { rule: 'b', path: 'z', resource: 'web' } },
      { rejected: { pointer: '/results/3', detail: 'a result has no list of what it found' } },
    ]);
  });

  it('takes more of what a result lists than a path with * looks at', async () => {
    const mapping = mappingWith(plain, "each: '@.places[*]'\n");
    const places = Array.from({ length: 2_500 }, (_, line) => ({ line }));

    expect(await linesOf(mapping, { results: [{ rule: 'a', places }] })).toHaveLength(2_500);
  });

  it('knows by a place, or by a word in it, that the tool could not look at something', async () => {
    const mapping = mappingWith(plain, 'unread: [$.errors.*, { $.status: failure }]\n');

    expect(await linesOf(mapping, { results: [], status: 'FAILURE' })).toEqual([{ unread: {} }]);
    expect(await linesOf(mapping, { results: [], status: 'success', errors: ['x'] })).toEqual([{ unread: {} }]);
    expect(await linesOf(mapping, { results: [], status: 'success', errors: [] })).toEqual([]);
  });

  it('rejects what lacks a field that it needs, with its place, and reads the rest', async () => {
    const mapping = mappingWith(`${plain}  path: '@.file'\n`, 'needs: [rule, path]\n');

    expect(await linesOf(mapping, { results: [{ rule: 'r', file: 'a' }, { rule: 'r' }, 7] })).toMatchObject([
      { finding: { rule: 'r', path: 'a' } },
      { rejected: { pointer: '/results/1', detail: 'a result says its path' } },
      { rejected: { pointer: '/results/2', detail: 'a result says its rule, path' } },
    ]);
  });

  it('leaves out what is no problem; what the tool was told to ignore closes nothing', async () => {
    const mapping = mappingWith(plain, "leaveOut: [{ '@.passed': true }, { '@.status': [ok, fine] }]\nignored: { '@.status': skipped }\n");
    const results = [{ rule: 'a', passed: true }, { rule: 'b', status: 'OK' }, { rule: 'c', status: 'skipped' }, { rule: 'd' }];

    expect(await linesOf(mapping, { results })).toEqual([{ unread: {} }, { finding: expect.objectContaining({ rule: 'd' }) }]);
  });

  it('reads a list, one document, or documents that follow each other', async () => {
    const mapping = mappingWith(plain).replace('results: $.results.*', 'results: [$, $.*]\ndocuments: many');
    const rules = async (report: string): Promise<unknown[]> =>
      (await linesOf(mapping, report)).map((line) => ('finding' in line ? line.finding.rule : line));

    expect(await rules('[{"rule":"a"},{"rule":"b"}]')).toEqual(['a', 'b']);
    expect(await rules('{"rule":"a"}\n{"rule":"b"}\n')).toEqual(['a', 'b']);
    expect(await rules('{"rule":"a"}')).toEqual(['a']);
  });

  it.each([
    ['without results', '{"hello":"world"}'],
    ['whose results are no list', '{"results":7}'],
    ['whose results are null, unless the tool writes that', '{"results":null}'],
    ['that breaks off', '{"results":[{"rule":"a"}'],
    ['of which nothing can be read', '{"results":[{},{}]}'],
  ])('refuses a report %s', async (_, report) => {
    await expect(linesOf(mappingWith(plain), report)).rejects.toMatchObject({ code: 'report_refused' });
  });

  it('takes null for no results where the mapping says so', async () => {
    expect(await linesOf(mappingWith(plain, 'mayBeNull: true\n'), '{"results":null}')).toEqual([]);
  });
});

describe('a mapping of a table', () => {
  const table = `name: example-lint\ntitle: Example\nfinds: code\nsyntax: csv\nrecognise: [Rule Id, File]\nneeds: [rule, path]\nfinding:
  class: code\n  rule: "@['Rule Id']"\n  title: 'A rule'\n  path: '@.File'\n  line: '@.Line'\n`;

  it('reads each row, and says the line of one that it rejects', async () => {
    expect(await linesOf(table, 'Rule Id;File;Line\nr1;src/a.ts;4\nr2;;7\n')).toMatchObject([
      { finding: { rule: 'r1', path: 'src/a.ts', line: 4 } },
      { rejected: { pointer: '/1', detail: 'line 3: a result says its path' } },
    ]);
  });

  it.each([
    ['a table with other columns', 'Rule,File\nr1,src/a.ts\n'],
    ['what is no table', '{"Rule Id":"r1","File":"src/a.ts"}'],
    ['a table of which nothing can be read', 'Rule Id,File\nr1,\n'],
  ])('refuses %s', async (_, report) => {
    await expect(linesOf(table, report)).rejects.toMatchObject({ code: 'report_refused' });
  });

  it('is refused with what only documents have', () => {
    expect(flawsOf(`${table}results: $.rows.*\n`)).toContainEqual({ pointer: '/results', line: 13, detail: expect.any(String) });
  });
});

describe('a mapping that is wrong', () => {
  it.each([
    ['a member that is not known', mappingWith(plain, 'pattern: x\n'), '/pattern', 6],
    ['a path that is none', mappingWith(`${plain}  path: '@.a[(@.length-1)]'\n`), '/finding/path', 10],
    ['a path from the root that is none', mappingWith(plain).replace('$.results.*', '$..results'), '/results', 5],
    ['a template with a path that is none', mappingWith(`${plain}  path: 'x {@..y}'\n`), '/finding/path', 10],
    ['a field that does not exist', mappingWith(`${plain}  author: '@.a'\n`), '/finding/author', 10],
    ['a class that does not exist', mappingWith(plain).replace('[code, secret, vulnerability]', 'bugs'), '/finds', 3],
    ['a list that is none', mappingWith(plain, "each: '@.files'\n"), '/each', 6],
    ['a change that is not known', mappingWith(`${plain}  path: { from: '@.a', replace: x }\n`), '/finding/path/replace', 10],
    ['a need that no field says', mappingWith(plain, 'needs: path\n'), '/needs', 6],
    ['a name of another form', mappingWith(plain).replace('example-lint', 'Example Lint'), '/name', 1],
  ])('is refused with the place of %s', (_, mapping, pointer, line) => {
    expect(flawsOf(mapping)).toContainEqual({ pointer, line, detail: expect.any(String) });
  });

  it('is told all its flaws at once', () => {
    expect(flawsOf('name: x\n').map((flaw) => (flaw as { pointer: string }).pointer)).toEqual(
      expect.arrayContaining(['/title', '/finds', '/recognise', '/results', '/finding']),
    );
  });

  it.each([
    ['no YAML', 'name: [x', /no YAML/],
    ['made of aliases', `a: &a [x, x]\nb: [*a, *a]\n`, /aliases/],
    ['too large', `# ${'x'.repeat(70_000)}`, /bytes/],
    ['a list', '- x\n', /must be a mapping/],
    ['a key twice', 'name: a\nname: b\n', /line 2/],
  ])('is refused when it is %s', (_, mapping, message) => {
    expect(() => readMapping(mapping)).toThrow(message);
  });

  it('says nothing of the prototype of a result', async () => {
    const mapping = mappingWith(`${plain}  path: '@.constructor.name'\n  resource: '@.__proto__.x'\n`);

    const finding = await findingOf(mapping, { rule: 'r' });

    expect(finding).not.toHaveProperty('path');
    expect(finding).not.toHaveProperty('resource');
  });
});
