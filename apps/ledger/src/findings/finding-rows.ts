import { Injectable } from '@nestjs/common';
import { type Assurance, type Detection } from '@throughline/contracts';
import { riskOf, type IdentityKey, type Risk } from '@throughline/findings';
import { daysToFix } from '@throughline/policy';
import { rows, type Tx } from '@throughline/service';
import { chunksOf, given, type Column } from '../bulk.ts';
import { deadlinesOf } from '../deadlines/application-deadlines.ts';
import { dueAfter } from '../deadlines/due.ts';
import type { Ownership } from '../inventory/repositories.ts';
import { OwnerRules, ownersGiven, ownersText } from '../owners/owner-rules.ts';
import { Locator, type Identified } from './locator.ts';
import { Intel, type Exploitation } from './intel.ts';
import { WordIndex } from './word-index.ts';
import { weightOf } from './severity-weight.ts';
import type { Sighted } from './sighted.ts';

/** Where findings are seen, and who owns that. */
export interface Scope {
  readonly repository: string;
  readonly commit: string;
  readonly ownership: Ownership;
  /** The newest of its line: what it says about a finding is taken over. */
  readonly newest: boolean;
  /** State of what nobody has seen before; a run without a line has none to give. */
  readonly detection: Detection;
  /** What is not our own never changes what we say about a finding ourselves. */
  readonly assurance: Assurance;
}

type Located = Sighted & Identified;

type Row = Located & {
  readonly risk: Risk;
  /** Until it must be fixed. */
  readonly days: number;
  /** By CODEOWNERS, one a line. */
  readonly codeOwners: string | undefined;
};

const chunkSize = 2_000;

const content: Readonly<Record<string, Column<Row>>> = {
  rule: { type: 'text', of: ({ rule }) => rule },
  title: { type: 'text', of: ({ title }) => title },
  description: { type: 'text', of: ({ description }) => description },
  severity: { type: 'smallint', of: ({ severity }) => weightOf(severity) },
  cvss: { type: 'real', of: ({ vulnerability }) => vulnerability?.cvss },
  cwe: { type: 'text', of: ({ cwe }) => cwe.join(',') },
  help: { type: 'text', of: ({ help }) => help },
  confidence: { type: 'text', of: ({ confidence }) => confidence },
  path: { type: 'text', of: ({ places }) => places[0]?.path },
  line: { type: 'int', of: ({ places }) => places[0]?.line },
  resource: { type: 'text', of: ({ resource }) => resource },
  preview: { type: 'text', of: ({ preview }) => preview },
  group_id: { type: 'bigint', of: ({ vulnerability }) => vulnerability?.group },
  package_id: { type: 'bigint', of: ({ vulnerability }) => vulnerability?.packageId },
  purl: { type: 'text', of: ({ vulnerability }) => vulnerability?.purl },
  version: { type: 'text', of: ({ vulnerability }) => vulnerability?.version },
  fixed_in: { type: 'text', of: ({ vulnerability }) => vulnerability?.fixedIn },
  advisory: { type: 'text', of: ({ vulnerability }) => vulnerability?.advisory },
  cve: { type: 'text', of: ({ vulnerability }) => vulnerability?.cve },
  risk: { type: 'real', of: ({ risk }) => risk.score },
  priority: { type: 'text', of: ({ risk }) => risk.priority },
  code_owners: { type: 'text', of: ({ codeOwners }) => codeOwners },
};
const names = Object.keys(content);
/** Lists, which come as text. */
const lists: Readonly<Record<string, string>> = {
  cwe: "coalesce(string_to_array(nullif(given.cwe, ''), ',')::int[], '{}')",
  code_owners: ownersGiven,
};
const values = names.map((name) => lists[name] ?? `given.${name}`);

/** Findings by identity: found again by any of their keys, given an id once. */
@Injectable()
export class FindingRows {
  constructor(
    private readonly intel: Intel,
    private readonly owners: OwnerRules,
    private readonly words: WordIndex,
  ) {}

  /**
   * The numbers of what was seen, in the same order; what is not known yet becomes a finding, what is known
   * takes over the description of the newest run. The caller holds the lock of the repository.
   */
  async resolve(tx: Tx, scope: Scope, sighted: readonly Sighted[]): Promise<readonly string[]> {
    if (sighted.length === 0) return [];
    const cves = sighted.flatMap(({ vulnerability }) => vulnerability?.cve ?? []);
    const [known, owners] = await Promise.all([this.intel.of(tx, cves), this.owners.of(tx, scope.repository)]);
    const rated = (one: Located): Row => ({
      ...one,
      risk: riskOfSighted(one, scope.ownership, known),
      days: daysOfSighted(one, scope.ownership, known),
      codeOwners: ownersText(owners, one.places[0]?.path),
    });
    const made = new Map<string, string>();
    const numbers = await ahead(await this.located(tx, sighted), (chunk) => this.write(tx, scope, chunk.map(rated), made));
    return numbers.flat();
  }

  /** Which of them are known, and which are the same: as if each were imported after the one before it. */
  private async located(tx: Tx, sighted: readonly Sighted[]): Promise<readonly (readonly Located[])[]> {
    const chunks: (readonly Located[])[] = [];
    const locator = new Locator();
    for (const chunk of chunksOf(sighted, chunkSize)) {
      const numbers = await this.numbersOf(
        tx,
        chunk.flatMap(({ keys }) => keys),
      );
      chunks.push(chunk.map((one) => ({ ...one, ...locator.locate(one.keys, numbers) })));
    }
    return chunks;
  }

  /** Numbers by key, `<scheme> <hex>`; an alias leads to its canonical finding. */
  async numbersOf(tx: Tx, keys: readonly IdentityKey[]): Promise<ReadonlyMap<string, string>> {
    if (keys.length === 0) return new Map();
    const wanted = given(keys, {
      scheme: { type: 'text', of: ({ scheme }) => scheme },
      key: { type: 'bytea', of: ({ key }) => Buffer.from(key, 'hex') },
    });
    const found = await rows<{ key: string; number: string }>(
      tx,
      `select k.scheme || ' ' || encode(k.key, 'hex') as key, coalesce(f.alias_of, f.number) as number
       from ${wanted.sql} join identity_key k using (scheme, key) join finding f on f.number = k.finding_number`,
      wanted.params,
    );
    return new Map(found.map(({ key, number }) => [key, number]));
  }

  /** `made`: numbers of the new findings by id, also of the chunks before. */
  private async write(tx: Tx, scope: Scope, chunk: readonly Row[], made: Map<string, string>): Promise<readonly string[]> {
    const fresh = chunk.filter(({ number, isFirst }) => number === undefined && isFirst);
    const [inserted] = await Promise.all([
      this.insert(tx, scope, fresh),
      scope.newest &&
        this.update(
          tx,
          scope,
          chunk.filter(({ number, isFirst }) => number !== undefined && isFirst),
        ),
    ]);
    for (const { id, number } of inserted) made.set(id, number);
    const all = chunk.map(({ id, newKeys, number }) => ({ newKeys, number: number ?? made.get(id)! }));
    await this.insertKeys(
      tx,
      all.flatMap(({ newKeys, number }) => newKeys.map((key) => ({ key, number }))),
    );
    return all.map(({ number }) => number);
  }

  private async insert(tx: Tx, scope: Scope, fresh: readonly Row[]): Promise<readonly { readonly id: string; readonly number: string }[]> {
    if (fresh.length === 0) return [];
    const table = given(
      fresh,
      {
        id: { type: 'uuid', of: ({ id }) => id },
        class: { type: 'text', of: (row) => row.class },
        days: { type: 'int', of: ({ days }) => days },
        ...content,
      },
      6,
    );
    const inserted = await rows<{ id: string; number: string }>(
      tx,
      `with made as (
         insert into finding (id, class, repository, application, first_commit, claimed, detection, due, ${names.join(', ')})
         select given.id, given.class, $1, $2, $3, $4, $5, now() + make_interval(days => given.days), ${values.join(', ')} from ${table.sql}
         returning id, number, detection),
       seen as (insert into finding_seen (finding_number, detection) select number, detection from made)
       select id, number from made`,
      [scope.repository, scope.ownership.application, scope.commit, scope.assurance !== 'own', scope.detection, ...table.params],
    );
    await this.words.changed(
      tx,
      inserted.map(({ number }) => number),
    );
    return inserted;
  }

  private async update(tx: Tx, { assurance }: Scope, known: readonly Row[]): Promise<void> {
    if (known.length === 0) return;
    const table = given(
      known,
      { number: { type: 'bigint', of: ({ number }) => number }, days: { type: 'int', of: ({ days }) => days }, ...content },
      2,
    );
    const changed = await rows<{ number: string }>(
      tx,
      `update finding f set claimed = f.claimed and not $1, due = ${dueAfter('given.days')}, ${names.map((name, index) => `${name} = ${values[index]}`).join(', ')}
       from ${table.sql}
       where f.number = given.number and ($1 or f.claimed)
         and ((f.claimed and $1) or (${names.map((name) => `f.${name}`).join(', ')}) is distinct from (${values.join(', ')}))
       returning f.number`,
      [assurance === 'own', ...table.params],
    );
    await this.words.changed(
      tx,
      changed.map(({ number }) => number),
    );
  }

  private async insertKeys(tx: Tx, keys: readonly { readonly key: IdentityKey; readonly number: string }[]): Promise<void> {
    if (keys.length === 0) return;
    const table = given(keys, {
      scheme: { type: 'text', of: ({ key }) => key.scheme },
      key: { type: 'bytea', of: ({ key }) => Buffer.from(key.key, 'hex') },
      number: { type: 'bigint', of: ({ number }) => number },
    });
    await rows(
      tx,
      `insert into identity_key (scheme, key, finding_number) select * from ${table.sql} on conflict do nothing`,
      table.params,
    );
  }
}

/** Prepares one chunk while the database is busy with the one before. */
async function ahead<T, R>(chunks: readonly T[], write: (chunk: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let before: Promise<R> | undefined;
  for (const chunk of chunks) {
    const now = write(chunk);
    // When the one before fails, nobody waits for this one any more.
    now.catch(() => undefined);
    if (before) done.push(await before);
    before = now;
  }
  if (before) done.push(await before);
  return done;
}

function daysOfSighted(
  { severity, vulnerability }: Sighted,
  { tier, deadlines }: Ownership,
  known: ReadonlyMap<string, Exploitation>,
): number {
  const exploited = vulnerability?.cve !== undefined && known.get(vulnerability.cve)?.knownExploited === true;
  return daysToFix(deadlinesOf(tier, deadlines), severity, exploited);
}

function riskOfSighted(
  { class: kind, severity, vulnerability }: Sighted,
  ownership: Ownership,
  known: ReadonlyMap<string, Exploitation>,
): Risk {
  const cvss = vulnerability?.cvss;
  return riskOf({
    class: kind,
    severity,
    ...(cvss !== undefined && { cvss }),
    ...(vulnerability?.cve !== undefined && known.get(vulnerability.cve)),
    ...(ownership.tier && { tier: ownership.tier }),
    ...(ownership.exposure === 'internet' && { deployment: 'internet' as const }),
  });
}
