import { findingSorts, type FindingAnswer, type Page } from '@throughline/contracts';
import type { SignedCaller } from '@throughline/testing';
import { Databases } from '../../journeys/databases.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import type { Bench, Row, Sample } from '../bench.ts';
import { manyFindings, world } from '../many-findings.ts';
import { inPairs, quantile } from '../pairs.ts';

const day = 86_400_000;

/** Every filter there is, each time with another value. */
const filters: Readonly<Record<string, (turn: number) => string>> = {
  class: (turn) => `class=${['sca', 'sast', 'secrets', 'iac', 'licence'][turn % 5]!}`,
  severity: (turn) => `severity=${['critical', 'high', 'critical,high', '!info'][turn % 4]!}`,
  detection: (turn) => `detection=${['open', 'resolved', 'not_evaluated'][turn % 3]!}`,
  triage: (turn) => `triage=${['new', 'false_positive', 'risk_accepted', '!new'][turn % 4]!}`,
  repository: (turn) => `repository=git.shop.example/shop/r${1 + ((turn * 13) % world.repositories)}`,
  application: (turn) => `application=app-${1 + ((turn * 7) % world.applications)}`,
  team: (turn) => `team=team-${turn % 40}`,
  owner: (turn) => `owner=${['unowned', 'owner-3@shop.example', '@team-7'][turn % 3]!}`,
  tool: (turn) => `tool=${['osv', 'trivy', 'gitleaks'][turn % 3]!}`,
  cve: (turn) => `cve=CVE-2026-${1 + ((turn * 17) % world.advisories)}`,
  cwe: (turn) => `cwe=${20 + (turn % 300)}`,
  advisory: (turn) => `advisory=GHSA-bench-${1 + ((turn * 19) % world.advisories)}`,
  purl: (turn) => `purl=pkg:npm/package-${1 + ((turn * 23) % world.packages)}`,
  kev: (turn) => `kev=${turn % 2 === 0 ? 'true' : 'false'}`,
  epss: (turn) => `epss=${[0.1, 0.5, 0.9][turn % 3]!}`,
  fixable: (turn) => `fixable=${turn % 2 === 0 ? 'true' : 'false'}`,
  waived: (turn) => `waived=${turn % 2 === 0 ? 'true' : 'false'}`,
  overdue: (turn) => `overdue=${turn % 2 === 0 ? 'true' : 'false'}`,
  'first seen': (turn) => `firstSeen=${new Date(Date.now() - (1 + turn) * day).toISOString()}`,
  path: (turn) => `path=services/part-${turn % 40}`,
  text: (turn) => `q=${['package-4', 'nothing-has-this', 'rule-77', 'file-12'][turn % 4]!}`,
  branch: (turn) =>
    `branch=main&detection=${['open', 'resolved'][turn % 2]!}&repository=git.shop.example/shop/r${1 + (turn % world.repositories)}`,
  'pull request': (turn) => `pullRequest=7&repository=git.shop.example/shop/r${1 + (turn % world.repositories)}`,
  'what a lead looks at': (turn) => `severity=critical,high&detection=open&waived=false&team=team-${turn % 40}`,
};

export const findingList: Bench = {
  name: 'finding-list',
  decides: 'whether every order and filter of the findings may be offered at a million',
  bars: [{ of: '', metric: 'p95 ms', most: 300 }],
  async run({ short, rounds, environment }) {
    const count = short ? 100_000 : 1_000_000;
    const platform = await ServiceProcesses.start({ services: ['ledger'], environment });
    try {
      await manyFindings(new Databases(platform.infra), count);
      const reader = new ListReader(platform.caller('ledger'));
      const rows: Row[] = [];
      for (const [of, ask] of questionsOf(reader)) {
        await ask();
        rows.push(...(await inPairs(rounds, { of: `${count.toLocaleString('en')}: ${of}`, ours: ask })));
      }
      return rows;
    } finally {
      await platform.stop();
    }
  },
};

type Question = readonly [string, () => Promise<Sample>];

function* questionsOf(reader: ListReader): Generator<Question> {
  for (const sort of findingSorts) for (const spelled of [`-${sort}`, sort]) yield [`by ${spelled}`, () => reader.pages(`sort=${spelled}`)];
  for (const [name, of] of Object.entries(filters)) yield [name, () => reader.firstPages((turn) => of(turn))];
  for (const sort of findingSorts) {
    const every = Object.values(filters);
    yield [`every filter, by ${sort}`, () => reader.firstPages((turn) => `${every[turn % every.length]!(turn)}&sort=-${sort}`)];
  }
  yield ['counts of every filter', () => reader.counts((turn) => Object.values(filters)[turn % Object.keys(filters).length]!(turn))];
}

/** Asks the ledger for lists, and says how long it took. */
class ListReader {
  private turn = 0;

  constructor(private readonly caller: SignedCaller) {}

  /** One page after the other. */
  async pages(query: string): Promise<Sample> {
    const times: number[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 24; page += 1) {
      const next: Page<FindingAnswer> = await this.ask(`?${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, times);
      cursor = next.next;
    }
    return sampleOf(times);
  }

  async firstPages(queryOf: (turn: number) => string): Promise<Sample> {
    const times: number[] = [];
    for (let asked = 0; asked < 24; asked += 1) await this.ask(`?${queryOf((this.turn += 1))}`, times);
    return sampleOf(times);
  }

  async counts(queryOf: (turn: number) => string): Promise<Sample> {
    const times: number[] = [];
    for (let asked = 0; asked < 24; asked += 1) await this.ask(`/counts?${queryOf((this.turn += 1))}`, times);
    return sampleOf(times);
  }

  private async ask<T>(query: string, times: number[]): Promise<T> {
    const before = process.hrtime.bigint();
    const { status, body } = await this.caller.call<T>('GET', `/api/v1/findings${query}`);
    times.push(Number(process.hrtime.bigint() - before) / 1e6);
    if (status !== 200) throw new Error(`${query} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }
}

function sampleOf(times: readonly number[]): Sample {
  return { 'p50 ms': quantile(times, 0.5), 'p95 ms': quantile(times, 0.95) };
}
