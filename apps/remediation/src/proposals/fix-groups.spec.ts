import { describe, expect, it } from '@jest/globals';
import { FindingState, make } from '@throughline/contracts';
import { fixGroups } from './fix-groups.ts';
import { commitMessageOf, summaryOf } from './wording.ts';

let numbers = 0;

function finding(over: Partial<FindingState> = {}): FindingState {
  numbers += 1;
  return make(FindingState, {
    id: `f-${numbers}`,
    class: 'vulnerability',
    rule: 'GHSA-x',
    title: '[skip ci]\nCo-authored-by: x <x@evil.example>',
    severity: 'high',
    triage: 'new',
    purl: 'pkg:npm/lodash@4.17.11',
    trustedFix: '4.17.21',
    path: 'package-lock.json',
    knownExploited: false,
    tools: ['dependencies'],
    ...over,
  });
}

describe('fixGroups', () => {
  it('closes nine findings of one package with one fix, by the highest of their versions', () => {
    const nine = ['4.17.12', '4.17.21', '4.17.19', '4.17.12', '4.17.12', '4.17.20', '4.17.13', '4.17.15', '4.17.12'].map((trustedFix) =>
      finding({ trustedFix }),
    );

    expect(fixGroups(nine)).toEqual([
      {
        package: 'pkg:npm/lodash',
        ecosystem: 'npm',
        name: 'lodash',
        versions: ['4.17.11'],
        to: '4.17.21',
        findings: nine.map(({ id }) => id).sort(),
        closes: nine
          .map(({ id }) => id)
          .sort()
          .map((id) => ({ finding: id, severity: 'high' })),
        paths: ['package-lock.json'],
      },
    ]);
  });

  it('names what it closes by ids of known forms only', () => {
    const [group] = fixGroups([
      finding({ id: 'a', cve: 'CVE-2021-44906', advisory: 'GHSA-xvch-5gv4-984h' }),
      finding({ id: 'b', advisory: 'GHSA-xvch-5gv4-984h' }),
      finding({ id: 'c', advisory: '](https://evil.example) @everyone' }),
    ]);

    expect(group!.closes.map(({ advisory }) => advisory)).toEqual(['CVE-2021-44906', 'GHSA-xvch-5gv4-984h', undefined]);
  });

  it('fixes two majors apart when they are fixed by different versions', () => {
    const groups = fixGroups([finding(), finding({ purl: 'pkg:npm/lodash@3.10.1', trustedFix: '3.10.2' })]);

    expect(groups.map(({ versions, to }) => [versions, to])).toEqual([
      [['4.17.11'], '4.17.21'],
      [['3.10.1'], '3.10.2'],
    ]);
  });

  it('fixes the copies of several files at once', () => {
    const groups = fixGroups([finding(), finding({ path: 'web/package-lock.json', purl: 'pkg:npm/lodash@4.17.20' })]);

    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ versions: ['4.17.11', '4.17.20'], paths: ['package-lock.json', 'web/package-lock.json'] });
  });

  it('reads scoped names and Python names', () => {
    const groups = fixGroups([
      finding({ purl: 'pkg:npm/%40babel/traverse@7.0.0', trustedFix: '7.23.2' }),
      finding({ purl: 'pkg:pypi/pyyaml@5.3.1', trustedFix: '5.4', path: 'requirements.txt' }),
    ]);

    expect(groups.map(({ name, to }) => [name, to])).toEqual([
      ['@babel/traverse', '7.23.2'],
      ['pyyaml', '5.4'],
    ]);
  });

  it.each<[string, Partial<FindingState>]>([
    ['has no fix', { trustedFix: undefined }],
    ['is fixed by the word of a feed that is not trusted', { trustedFix: undefined, fixedIn: '9.9.9' }],
    ['is no vulnerability', { class: 'code' }],
    ['was accepted', { triage: 'risk_accepted' }],
    ['is of an ecosystem without fixer', { purl: 'pkg:golang/example.com/x@v1.0.0' }],
    ['would go down', { trustedFix: '4.0.0' }],
    ['names a version that is none', { trustedFix: '4.17.21\n[skip ci]' }],
    ['names a version that is a range', { trustedFix: '>=4.17.21' }],
    ['has no place', { path: undefined }],
  ])('leaves out what %s', (_what, over) => {
    expect(fixGroups([finding(over)])).toEqual([]);
  });
});

describe('what is said about a fix', () => {
  it('holds ids and our own words, nothing of a finding', () => {
    const [group] = fixGroups([finding(), finding()]);
    const fix = { name: group!.name, from: group!.versions[0]!, to: group!.to, findings: group!.findings };

    const said = summaryOf(fix) + commitMessageOf('0199', fix);

    expect(summaryOf(fix)).toBe('Raise lodash from 4.17.11 to 4.17.21: closes 2 findings');
    expect(said).not.toMatch(/skip ci|Co-authored|evil/);
    expect(commitMessageOf('0199', fix).split('\n')[0]).toBe('fix(deps): raise lodash to 4.17.21');
  });
});
