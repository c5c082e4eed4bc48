import { describe, expect, it } from '@jest/globals';
import { findingFromSarifResult, type SarifContext } from './sarif-result.ts';

const rules = [
  {
    id: 'B602',
    name: 'subprocess_popen_with_shell_equals_true',
    shortDescription: { text: 'Command built by the shell' },
    helpUri: 'https://example.org/B602',
    defaultConfiguration: { level: 'error' },
    messageStrings: { default: { text: 'Call of {0} with a shell' } },
    properties: { tags: ['security', 'external/cwe/cwe-078'], precision: 'HIGH' },
  },
  { id: 'B101', properties: { 'security-severity': '9.8' } },
];
const context: SarifContext = { class: 'code', driver: { rules } };
const at = (uri: string, more: object = {}): object => ({
  physicalLocation: {
    artifactLocation: { uri, ...more },
    region: { startLine: 4, startColumn: 7, snippet: { text: '  run(cmd,\n   shell=True)' } },
  },
});
const read = (result: object, more: Partial<SarifContext> = {}): ReturnType<typeof findingFromSarifResult> =>
  findingFromSarifResult({ ruleId: 'B602', message: { text: 'shell' }, locations: [at('app/run.py')], ...result }, { ...context, ...more });

describe('findingFromSarifResult', () => {
  it('reads a result with all that its rule says about it', () => {
    expect(read({})).toEqual({
      class: 'code',
      rule: 'B602',
      title: 'Command built by the shell',
      description: 'shell',
      severity: 'high',
      cwe: [78],
      help: 'https://example.org/B602',
      path: 'app/run.py',
      line: 4,
      column: 7,
      snippet: 'run(cmd, shell=True)',
      confidence: 'high',
    });
  });

  it('takes the level of the result, else of the rule, else warning', () => {
    expect(read({ level: 'note' })?.severity).toBe('low');
    expect(read({})?.severity).toBe('high');
    expect(read({ ruleId: 'elsewhere' })?.severity).toBe('medium');
    expect(read({ level: 'none' })?.severity).toBe('info');
  });

  it('lets security-severity speak before the level', () => {
    expect(read({ ruleId: 'B101', level: 'note' })?.severity).toBe('critical');
    expect(read({ properties: { 'security-severity': '3.1' } })?.severity).toBe('low');
    expect(read({ properties: { 'security-severity': 'much' } })?.severity).toBe('high');
  });

  it('finds the rule by index, by reference into an extension and by the parent of a sub-rule', () => {
    const extensions = [{ name: 'pack', guid: 'g', rules: [{ id: 'E1', shortDescription: { text: 'from the pack' } }] }];

    expect(read({ ruleId: undefined, ruleIndex: 0 })?.rule).toBe('B602');
    expect(read({ ruleId: 'E1', rule: { index: 0, toolComponent: { index: 0 } } }, { extensions })?.title).toBe('from the pack');
    expect(read({ ruleId: 'E1' }, { extensions })?.title).toBe('from the pack');
    expect(read({ ruleId: 'B602/shell' })).toMatchObject({ rule: 'B602/shell', title: 'Command built by the shell' });
  });

  it('trusts the id when the index points at another rule', () => {
    expect(read({ ruleId: 'B602', ruleIndex: 1 })?.title).toBe('Command built by the shell');
  });

  it('reports only failures that are there now', () => {
    for (const kind of ['pass', 'open', 'informational', 'notApplicable', 'review']) expect(read({ kind })).toBeUndefined();
    expect(read({ baselineState: 'absent' })).toBeUndefined();
    expect(read({ baselineState: 'unchanged' })).toBeDefined();
  });

  it('is not silenced by a suppression in the report', () => {
    expect(read({ suppressions: [{ kind: 'inSource', status: 'accepted' }] })).toBeDefined();
  });

  it('says by which way a value comes, and lies where it ends when it says no place of its own', () => {
    const step = (uri: string, startLine: number): object => ({
      location: { physicalLocation: { artifactLocation: { uri }, region: { startLine } } },
    });
    const codeFlows = [{ threadFlows: [{ locations: [step('app/in.py', 3), step('app/in.py', 3), step('app/out.py', 9)] }] }];

    expect(read({ codeFlows })).toMatchObject({ path: 'app/run.py', line: 4, description: 'shell\nFlow: app/in.py:3 → app/out.py:9' });
    expect(read({ codeFlows, locations: [] })).toMatchObject({ path: 'app/out.py', line: 9 });
    expect(read({ codeFlows: [{ threadFlows: [{ locations: [step('app/in.py', 3)] }] }] })?.description).toBe('shell');
    expect(read({ codeFlows }, { class: 'secret' })?.description).toBeUndefined();
  });

  it('leaves the middle of a long way out', () => {
    const locations = Array.from({ length: 40 }, (_, at) => ({
      location: { physicalLocation: { artifactLocation: { uri: `f${at}.py` } } },
    }));

    expect(read({ codeFlows: [{ threadFlows: [{ locations }] }] })?.description).toMatch(/^shell\nFlow: f0\.py → .*f8\.py → … → f39\.py$/);
  });

  it('fills in a message that is only referred to', () => {
    expect(read({ message: { id: 'default', arguments: ['Popen'] } })?.description).toBe('Call of Popen with a shell');
  });

  it('keeps fingerprints, and tells partial ones apart', () => {
    const finding = read({ fingerprints: { 'match/v1': 'abcdef0123' }, partialFingerprints: { lineHash: '9f:1' } });

    expect(finding?.fingerprints).toEqual({ 'match/v1': 'abcdef0123', 'partial:lineHash': '9f:1' });
  });

  it('hands on the value of a secret as such, and nowhere else', () => {
    const value = 'AKIAIOSFODNN7EXAMPLE';
    const place = { physicalLocation: { artifactLocation: { uri: '.env' }, region: { startLine: 1, snippet: { text: value } } } };

    const { secret, ...rest } = read({ message: { text: `found ${value}` }, locations: [place] }, { class: 'secret' })!;

    expect(rest).toMatchObject({ path: '.env', line: 1 });
    expect(secret).toBe(value);
    expect(JSON.stringify(rest)).not.toContain(value);
  });

  it('takes a masked secret for none', () => {
    const place = { physicalLocation: { artifactLocation: { uri: '.env' }, region: { snippet: { text: 'REDACTED' } } } };

    const finding = read({ locations: [place] }, { class: 'secret' });

    expect(finding?.secret).toBeUndefined();
  });

  it.each([
    null,
    7,
    'x',
    [],
    {},
    { ruleId: 5, message: 'x', locations: 'none' },
    { locations: [{ physicalLocation: [] }], fingerprints: [1] },
  ])('survives a result of any shape: %j', (result) => {
    expect(() => findingFromSarifResult(result, context)).not.toThrow();
  });
});

describe('paths', () => {
  const path = (artifact: object, more: Partial<SarifContext> = {}): string | undefined =>
    read({ locations: [{ physicalLocation: { artifactLocation: artifact } }] }, more)?.path;

  it.each([
    ['src/a%20b.py', 'src/a b.py'],
    ['./src//a.py', 'src/a.py'],
    ['../../etc/passwd', 'etc/passwd'],
    ['file:///build/tree/src/a.py', 'src/a.py'],
    ['/build/tree/src/a.py', 'src/a.py'],
    ['/elsewhere/a.py', 'elsewhere/a.py'],
    ['C:\\build\\a.py', 'build/a.py'],
    ['a%zz.py', 'a%zz.py'],
  ])('reads %s as %s', (uri, expected) => {
    expect(path({ uri }, { root: '/build/tree' })).toBe(expected);
  });

  it('follows base ids, also one on top of the other, and cannot be sent in circles', () => {
    const baseUris = {
      ROOT: { uri: 'file:///build/tree/' },
      SRC: { uri: 'src/', uriBaseId: 'ROOT' },
      LOOP: { uri: 'x/', uriBaseId: 'LOOP' },
    };

    expect(path({ uri: 'a.py', uriBaseId: 'SRC' }, { baseUris, root: '/build/tree' })).toBe('src/a.py');
    expect(path({ uri: 'a.py', uriBaseId: 'UNKNOWN' }, { baseUris })).toBe('a.py');
    expect(path({ uri: 'a.py', uriBaseId: 'LOOP' }, { baseUris })).toMatch(/a\.py$/);
  });

  it('takes the file from the list of artifacts', () => {
    expect(path({ index: 0 }, { artifacts: [{ location: { uri: 'lib/z.py' } }] })).toBe('lib/z.py');
  });
});
