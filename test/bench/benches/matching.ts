import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component, LedgerInTest } from '@throughline/testing';
import { Database, rows } from '@throughline/service';
import { purlOf } from '@throughline/versions';
import { Matching } from '../../../apps/ledger/src/advisories/matching.ts';
import definition from '../../../apps/ledger/src/service.ts';
import { corpusLines, hasCorpus } from '../../corpora/corpus-files.ts';
import { usageOf } from '../all-services.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { OsvScanner, type Advisory, type Bill } from '../osv-scanner.ts';
import { inPairs } from '../pairs.ts';

/** Of which the corpora have whole feeds, or parts of them. */
const ecosystems = ['Go', 'PyPI', 'Maven', 'crates.io'] as const;

export const matching: Bench = {
  name: 'matching',
  decides: 'whether what is stored may be matched anew whenever something changes',
  peer: 'osv-scanner offline, on the same advisories and the same SBOM',
  bars: [{ of: '', metric: 'CPU ms', most: 1 / 200, ratio: true }],
  async run({ short, rounds }) {
    if (!hasCorpus('advisories')) throw new Error('this needs the advisories of the corpora: set THROUGHLINE_CORPORA');
    const advisories = ecosystems.flatMap((name) => corpusLines<Advisory>(`advisories/${name}.jsonl.gz`));
    const bills = billsOf(advisories, short ? 500 : 5_000);
    const folder = mkdtempSync(join(tmpdir(), 'throughline-matching-'));
    const ledger = await LedgerInTest.start(definition);
    try {
      await ledger.importAdvisories(advisories);
      await ledger.scan({ commit: 'a', position: 1, components: bills.map((bill) => component(bill.name, bill.version, bill)) });
      return await compared({ ledger, rounds, bills, advisories, scanner: new OsvScanner(folder) });
    } finally {
      await ledger.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Comparison {
  readonly ledger: LedgerInTest;
  readonly rounds: number;
  readonly bills: readonly Bill[];
  readonly advisories: readonly Advisory[];
  readonly scanner: OsvScanner;
}

async function compared({ ledger, rounds, bills, advisories, scanner }: Comparison): Promise<Row[]> {
  const of = `${bills.length.toLocaleString('en')} components, ${advisories.length.toLocaleString('en')} advisories`;
  const ours = (): Promise<Sample> => matchedAnew(ledger);
  await ours();
  const version = await scanner.version();
  if (version === undefined) return inPairs(rounds, { of: `${of} (no osv-scanner here)`, ours });
  scanner.prepare(advisories, bills);
  const found = await foundBy(ledger);
  const peer = async (): Promise<Sample> => {
    const scanned = await scanner.scan();
    return { 'CPU ms': scanned.cpuMs, ...differences(found, scanned.found, aliasesOf(advisories)) };
  };
  return inPairs(rounds, { of: `${of}, osv-scanner ${version}`, ours, peer });
}

/** Of the ledger and of Postgres: from the versions to what affects them, as when none had been compared before. */
function matchedAnew(ledger: LedgerInTest): Promise<Sample> {
  return ledger.service.get(Database).transaction(async (tx) => {
    const versions = await rows<{ id: string; ecosystem: string; name: string; version: string; purl: string }>(
      tx,
      'select v.id, p.ecosystem, p.name, v.version, v.purl from component_version v join package p on p.id = v.package_id',
    );
    await rows(tx, 'delete from affected');
    const [backend] = await rows<{ pid: number }>(tx, 'select pg_backend_pid() as pid');
    const [before, ownBefore] = [usageOf(backend!.pid).cpuMs, process.cpuUsage()];
    await ledger.service.get(Matching).matchVersions(tx, versions);
    const own = process.cpuUsage(ownBefore);
    const database = usageOf(backend!.pid).cpuMs - before;
    return { 'CPU ms': (own.user + own.system) / 1000 + database, 'of it Postgres ms': database };
  });
}

async function foundBy(ledger: LedgerInTest): Promise<ReadonlySet<string>> {
  const found = await ledger.rows<{ line: string }>(
    `select p.ecosystem || ' ' || p.name || ' ' || v.version || ' ' || a.osv_id as line from affected f
     join component_version v on v.id = f.component_version_id join package p on p.id = v.package_id
     join advisory a on a.id = f.advisory_id where not f."unknown"`,
  );
  return new Set(found.map(({ line }) => line));
}

/** What only one of both found. The scanner leaves out an advisory when it has named another one that has an alias with it in common. */
function differences(ours: ReadonlySet<string>, theirs: ReadonlySet<string>, aliases: ReadonlyMap<string, readonly string[]>): Sample {
  const namedBy = (line: string): readonly string[] => {
    const at = line.lastIndexOf(' ') + 1;
    const near = [line.slice(at), ...(aliases.get(line.slice(at)) ?? [])];
    return [...near, ...near.flatMap((id) => aliases.get(id) ?? [])].map((id) => `${line.slice(0, at)}${id}`);
  };
  const only = (one: ReadonlySet<string>, other: ReadonlySet<string>): string[] =>
    [...one].filter((line) => !namedBy(line).some((name) => other.has(name))).sort();
  const [here, there] = [only(ours, theirs), only(theirs, ours)];
  for (const line of [...here.slice(0, 20).map((one) => `ours alone: ${one}`), ...there.slice(0, 20).map((one) => `theirs alone: ${one}`)])
    process.stderr.write(`${line}\n`);
  return { found: theirs.size, 'ours alone': here.length, 'theirs alone': there.length };
}

/** Its aliases and those whose alias it is. */
function aliasesOf(advisories: readonly Advisory[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const note = (id: string, alias: string): unknown => found.set(id, [...(found.get(id) ?? []), alias]);
  for (const { id, aliases = [] } of advisories)
    for (const alias of aliases) {
      note(id, alias);
      note(alias, id);
    }
  return found;
}

/**
 * A fifth of it are packages that advisories speak of, at the borders that they draw and at versions that they list; of the rest
 * nobody has said anything. The scanner writes package URLs of Go in lower case and then finds nothing about names that are not:
 * they are left out.
 */
function billsOf(advisories: readonly Advisory[], count: number): readonly Bill[] {
  const all = new Map<string, Bill>();
  for (const { affected = [] } of advisories)
    for (const { package: of, ranges = [], versions = [] } of affected) {
      if (of === undefined || !(ecosystems as readonly string[]).includes(of.ecosystem)) continue;
      if (of.ecosystem === 'Go' && of.name !== of.name.toLowerCase()) continue;
      const borders = ranges
        .filter(({ type }) => type !== 'GIT')
        .flatMap(({ events }) => events.map((event) => event.fixed ?? event.introduced));
      for (const version of [...borders, ...versions]) {
        const bill = version === undefined || version === '0' ? undefined : billOf(of.ecosystem, of.name, version);
        if (bill) all.set(bill.purl, bill);
      }
    }
  const found = [...all.values()];
  const spokenOf = Math.min(found.length, count / 5);
  return Array.from({ length: count }, (_, index) => {
    const one = found[Math.floor(((index % spokenOf) * found.length) / spokenOf)]!;
    return index < spokenOf ? one : billOf(one.ecosystem, `${one.name}-${Math.floor(index / spokenOf)}`, one.version)!;
  });
}

function billOf(ecosystem: string, name: string, version: string): Bill | undefined {
  const purl = purlOf(ecosystem, name, version);
  return purl === undefined ? undefined : { ecosystem, name, version, purl };
}
