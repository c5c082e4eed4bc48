import { expect, it } from '@jest/globals';
import { affects, type OsvEvent, type OsvRecord } from '@throughline/versions';
import semver from 'semver';
import { corpusJson, corpusLines, describeCorpus } from './corpora.ts';

interface Match {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly expected: readonly string[];
  readonly allowedExtra: readonly string[];
}
interface NpmRange {
  readonly package: string;
  readonly vulnerable_versions: string;
  readonly affected: readonly string[];
  readonly notAffected: readonly string[];
}
interface Requirement {
  readonly package: string;
  readonly affected: readonly string[];
  readonly notAffected: readonly string[];
}
interface Query {
  readonly query: { readonly package?: { readonly ecosystem?: string; readonly name: string }; readonly version?: string };
  readonly ids: Readonly<Record<string, string>>;
}

describeCorpus('advisories', () => {
  it.each(['PyPI', 'Go', 'crates.io'])('matches packages of %s to the advisories that are recorded for them', (ecosystem) => {
    const records = corpusLines<OsvRecord & { readonly id: string }>(`advisories/${ecosystem}.jsonl.gz`);
    const questions = corpusJson<readonly Match[]>('advisories/match-oracle.json').filter((match) => match.ecosystem === ecosystem);

    const answers = questions.map(({ name, version, allowedExtra }) =>
      records
        .filter((record) => affects(record, ecosystem, name, version) === true && !allowedExtra.includes(record.id))
        .map((record) => record.id)
        .sort(),
    );

    expect(questions.length).toBeGreaterThan(5);
    expect(answers).toEqual(questions.map(({ expected }) => [...expected].sort()));
  });

  it('answers for packages of Maven what the public service has answered, as far as the advisories are here', () => {
    const records = new Map(
      corpusLines<OsvRecord & { readonly id: string }>('advisories/Maven.jsonl.gz').map((record) => [record.id, record]),
    );
    const queries = corpusLines<Query>('advisories/osv-query-oracle.jsonl').filter(({ query }) => query.package?.ecosystem === 'Maven');

    const wrong = queries.filter(({ query, ids }) => {
      const found = [...records].filter(([, record]) => affects(record, 'Maven', query.package!.name, query.version!) === true);
      const told = Object.keys(ids).filter((id) => records.has(id));
      return JSON.stringify(found.map(([id]) => id).sort()) !== JSON.stringify(told.sort());
    });

    expect(queries.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  it('draws the borders of crates where the requirements of their advisories draw them', () => {
    const oracle = corpusJson<Readonly<Record<string, Requirement>>>('advisories/crates.io-requirements-oracle.json');
    const records = corpusLines<OsvRecord & { readonly id: string }>('advisories/crates.io.jsonl.gz').filter(({ id }) => oracle[id]);

    const wrong = records.flatMap((record) => {
      const { package: name, affected, notAffected } = oracle[record.id]!;
      const verdict = (version: string): unknown => affects(record, 'crates.io', name, version);
      const missed = affected.filter((version) => verdict(version) !== true);
      return [...missed, ...notAffected.filter((version) => verdict(version) !== false)].map((version) => `${record.id} ${version}`);
    });

    expect(records.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  it('draws the borders of npm ranges where the npm client draws them', () => {
    const lines = corpusJson<readonly NpmRange[]>('advisories/npm-range-oracle.json');

    const wrong = lines.flatMap((line) => {
      const record = asOsv(line);
      const verdict = (version: string): unknown => affects(record, 'npm', line.package, version);
      return [
        ...line.affected.filter((version) => verdict(version) !== true),
        ...line.notAffected.filter((version) => isRelease(version) && verdict(version) !== false),
      ].map((version) => `${line.package} ${line.vulnerable_versions}: ${version}`);
    });

    expect(lines.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });
});

/** The npm client leaves most pre-releases out of a range, OSV counts them in: only releases can be compared. */
function isRelease(version: string): boolean {
  return semver.prerelease(version) === null;
}

function asOsv(line: NpmRange): OsvRecord {
  const ranges = new semver.Range(line.vulnerable_versions).set.map((comparators) => ({
    type: 'SEMVER',
    events: eventsOf(comparators),
  }));
  return { affected: [{ package: { ecosystem: 'npm', name: line.package }, ranges }] };
}

function eventsOf(comparators: readonly semver.Comparator[]): OsvEvent[] {
  const events: OsvEvent[] = comparators.flatMap(({ operator, semver: { version } }): OsvEvent[] => {
    if (operator === '>=') return [{ introduced: version }];
    if (operator === '<') return [{ fixed: version }];
    if (operator === '<=') return [{ last_affected: version }];
    if (operator === '>') return [{ introduced: `${semver.inc(version, 'patch')}-0` }];
    return version === undefined ? [] : [{ introduced: version }, { last_affected: version }];
  });
  return events.some((event) => event.introduced !== undefined) ? events : [{ introduced: '0' }, ...events];
}
