import { expect, it } from '@jest/globals';
import { affects, canonicalName, comparatorOf, type OsvEvent, type OsvRecord } from '@throughline/versions';
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

  it('answers what the public service has answered, as far as the advisories are here', () => {
    const records = allRecords();
    const here = new Set(records.map(({ id }) => id));
    const about = recordsByPackage(records);
    // Questions about commits are answered from the histories of repositories, which are not here.
    const queries = corpusLines<Query>('advisories/osv-query-oracle.jsonl').filter(({ query }) => query.version !== undefined);

    const wrong = queries.flatMap(({ query, ids }) => {
      const { ecosystem = '', name } = query.package!;
      const candidates = about.get(keyOf(ecosystem, name)) ?? [];
      const found = candidates.filter((record) => affects(record, ecosystem, name, query.version!) === true).map(({ id }) => id);
      const told = Object.keys(ids).filter((id) => here.has(id));
      const differ = [...found.filter((id) => !told.includes(id)), ...told.filter((id) => !found.includes(id))];
      return differ.filter((id) => !toldOtherwiseByThen.has(id)).map((id) => `${ecosystem} ${name} ${query.version}: ${id}`);
    });

    expect(queries.length).toBeGreaterThan(650);
    expect(wrong).toEqual([]);
  });

  it('places every border that an advisory draws, in each of the ecosystems', () => {
    const ranges = allRecords().flatMap((record) =>
      (record.affected ?? []).flatMap(({ package: of, ranges: all = [] }) =>
        of === undefined || comparatorOf(of.ecosystem) === undefined
          ? []
          : all.filter(({ type }) => type !== 'GIT').map((range) => ({ id: record.id, of, range })),
      ),
    );

    const wrong = ranges.flatMap(({ id, of, range }) => {
      const at = (version: string): unknown => affects({ affected: [{ package: of, ranges: [range] }] }, of.ecosystem, of.name, version);
      const opened = new Set(range.events.map(({ introduced }) => introduced));
      return range.events.flatMap(({ introduced, fixed, last_affected: last }) => {
        const version = fixed ?? introduced ?? last!;
        // Where a range begins and one ends, the others decide.
        const isBoth = opened.has(version) && range.events.some((event) => event.fixed === version);
        return version === '0' || isBoth || at(version) === (fixed === undefined) ? [] : [`${id} ${of.ecosystem} ${of.name} ${version}`];
      });
    });

    expect(ranges.length).toBeGreaterThan(5_000);
    expect(new Set(ranges.map(({ of }) => of.ecosystem.split(':', 1)[0])).size).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it('finds each version that an advisory of PyPI lists', () => {
    const entries = corpusLines<OsvRecord & { readonly id: string }>('advisories/PyPI.jsonl.gz').flatMap(({ id, affected = [] }) =>
      affected.map((entry) => ({ id, entry })),
    );

    const missed = entries.flatMap(({ id, entry }) => {
      const { ecosystem, name } = entry.package!;
      return (entry.versions ?? [])
        .filter((version) => affects({ affected: [entry] }, ecosystem, name, version) !== true)
        .map((version) => `${id} ${name} ${version}`);
    });

    expect(entries.length).toBeGreaterThan(1_000);
    expect(missed).toEqual([]);
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

/** Records that are here in another state than the service had them when its answers were recorded. */
const toldOtherwiseByThen = new Set([
  // Published after the recording.
  ...['GO-2026-5026', 'GO-2026-5972', 'GO-2026-6089', 'GO-2026-6091', 'GO-2026-6218'],
  // Copies of 2024, whose ranges were other ones two years later.
  ...['GHSA-v6rh-hp5x-86rv', 'GHSA-xxj9-f6rv-m3x4', 'GHSA-8x94-hmjh-97hq'],
  // Joined with the advisory of another source.
  'PYSEC-2021-108',
]);

function keyOf(ecosystem: string, name: string): string {
  return `${ecosystem} ${canonicalName(ecosystem, name)}`;
}

function recordsByPackage(records: readonly Published[]): ReadonlyMap<string, readonly Published[]> {
  const about = new Map<string, Published[]>();
  for (const record of records) {
    const packages = (record.affected ?? []).flatMap(({ package: of }) => (of ? keyOf(of.ecosystem, of.name) : []));
    for (const key of new Set(packages)) about.set(key, [...(about.get(key) ?? []), record]);
  }
  return about;
}

type Published = OsvRecord & { readonly id: string };

function allRecords(): readonly Published[] {
  const files = ['PyPI', 'Go', 'Maven', 'crates.io'].flatMap((name) => corpusLines<Published>(`advisories/${name}.jsonl.gz`));
  const mixed = corpusLines<{ readonly record: Published }>('advisories/mixed-ecosystems.jsonl.gz').map(({ record }) => record);
  const others = corpusJson<readonly Published[]>('advisories/grype-testdata/osv.json');
  return [...new Map([...others, ...mixed, ...files].map((record) => [record.id, record])).values()];
}

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
