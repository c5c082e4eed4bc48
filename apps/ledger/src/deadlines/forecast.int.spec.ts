import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { severities, type FindingForecast, type Severity } from '@throughline/contracts';
import { LedgerInTest } from '@throughline/testing';
import fc from 'fast-check';
import definition from '../service.ts';
import { weightOf } from '../findings/severity-weight.ts';

const hour = 3_600_000;
/** Everything happens half an hour before or after the question, and whole hours away from that. */
let asked: number;
const at = (hours: number): string => new Date(asked + hours * hour).toISOString();

/** A finding by what happened to it, in whole hours around the question. */
interface Lived {
  readonly application: string;
  readonly owner?: string;
  readonly severity: Severity;
  readonly detection: 'open' | 'not_evaluated' | 'resolved';
  readonly triage: 'new' | 'false_positive';
  /** Hours that it may take. */
  readonly allowed: number;
  readonly age: number;
  /** Hours that its clock stood, long ago. */
  readonly stood: number;
  /** Since then an exception covers it, until then. */
  readonly waived?: { readonly since: number; readonly until: number };
}

const lived: fc.Arbitrary<Lived> = fc.record(
  {
    application: fc.constantFrom('till', 'shop', 'desk'),
    owner: fc.constantFrom('@acme/blue', '@acme/red'),
    severity: fc.constantFrom(...severities),
    detection: fc.constantFrom('open' as const, 'open' as const, 'not_evaluated' as const, 'resolved' as const),
    triage: fc.constantFrom('new' as const, 'new' as const, 'new' as const, 'false_positive' as const),
    allowed: fc.integer({ min: 1, max: 600 }),
    age: fc.integer({ min: 300, max: 700 }),
    stood: fc.integer({ min: 0, max: 50 }),
    waived: fc.record({ since: fc.integer({ min: 1, max: 200 }), until: fc.integer({ min: 1, max: 400 }) }),
  },
  { requiredKeys: ['application', 'severity', 'detection', 'triage', 'allowed', 'age', 'stood'] },
);

/** The hour in which its deadline is broken, 0 where it is already: lived through hour by hour. */
function brokenAt({ detection, triage, allowed, age, stood, waived }: Lived, last: number): number | undefined {
  if (detection === 'resolved' || triage === 'false_positive') return undefined;
  let left = allowed;
  for (let now = -age; now <= last; now += 1) {
    const covered = waived !== undefined && now >= -waived.since && now < waived.until;
    if (left === 0 && !covered && now >= 0) return now;
    if (left > 0 && !covered && now >= -age + stood) left -= 1;
  }
  return undefined;
}

async function write(findings: readonly Lived[]): Promise<void> {
  asked = Date.now() - hour / 2;
  await ledger.rows('delete from waiver');
  await ledger.rows('delete from finding');
  for (const [index, finding] of findings.entries()) {
    const { application, owner, severity, detection, triage, allowed, age, stood, waived } = finding;
    const waiver = waived === undefined ? null : `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;
    if (waived !== undefined)
      await ledger.rows(
        `insert into waiver (id, label, application, document, reason, approved_by, until, sequence) values ($1, 'W-1', '*', '{}', 'x', 'sam', $2, 1)`,
        [waiver, at(waived.until)],
      );
    await ledger.rows(
      `insert into finding (id, class, rule, title, severity, cwe, detection, triage, repository, application, code_owners, risk, priority,
         due, first_commit, first_seen, paused, paused_at, waiver)
       values (gen_random_uuid(), 'code', 'r', 't', $1, '{}', $2, $3, 'git.example/acme/r', $4, $5, 1, 'P3', $6, 'abc', $7, $8, $9, $10)`,
      [
        ...[weightOf(severity), detection, triage, application, owner === undefined ? null : [owner]],
        ...[at(allowed - age + stood), at(-age), `${stood} hours`, waived === undefined ? null : at(-waived.since), waiver],
      ],
    );
  }
}

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  await ledger.rows(
    `insert into application (name, team, tier, exposure, owners) values ('till', 'tills', 'tier-1', 'internal', '{ann@example.com}')`,
  );
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const ask = async (query: string): Promise<FindingForecast> =>
  (await ledger.call<FindingForecast>('GET', `/api/v1/findings/forecast?${query}`)).body;

describe('the forecast of deadlines', () => {
  it('is what an hour after another brings, when nobody does anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lived, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 14 }), async (findings, days) => {
        await write(findings);
        const broken = findings.map((finding) => ({ ...finding, hour: brokenAt(finding, days * 24) }));

        const { breached, breaching, groups, days: perDay, more } = await ask(`days=${days}`);

        const late = broken.filter((one) => one.hour === 0);
        const coming = broken.filter((one) => one.hour !== undefined && one.hour > 0);
        expect({ breached, breaching, more }).toEqual({ breached: late.length, breaching: coming.length, more: false });
        expect(sum(perDay.map(({ day, breaching: count }) => [day, count]))).toEqual(
          sum(coming.map(({ hour: broke }) => [at(broke!).slice(0, 10), 1])),
        );
        const owned = { till: 'ann@example.com' } as Readonly<Record<string, string>>;
        const nameOf = (one: Lived): string => `${one.application} ${one.owner ?? owned[one.application] ?? 'unowned'} ${one.severity}`;
        const name = (one: FindingForecast['groups'][number]): string => `${one.application} ${one.owner} ${one.severity}`;
        expect(sum(groups.map((one) => [name(one), one.breaching]))).toEqual(sum(coming.map((one) => [nameOf(one), 1])));
        expect(sum(groups.map((one) => [name(one), one.breached]))).toEqual(sum(late.map((one) => [nameOf(one), 1])));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('takes the filters of the list, and is of what its reader may see', async () => {
    const soon = { severity: 'high', detection: 'open', triage: 'new', allowed: 324, age: 300, stood: 0 } as const;
    await write([
      { ...soon, application: 'till' },
      { ...soon, application: 'shop' },
      { ...soon, application: 'shop', severity: 'low' },
    ]);

    expect(await ask('application=shop&severity=high')).toMatchObject({
      breaching: 1,
      groups: [{ application: 'shop', owner: 'unowned' }],
    });
    const user = { applications: ['till'] };
    const { body } = await ledger.call<FindingForecast>('GET', '/api/v1/findings/forecast', { user });
    expect(body).toMatchObject({ breaching: 1, groups: [{ application: 'till' }] });
    expect(Date.parse(body.until) - Date.parse(body.from)).toBe(7 * 24 * hour);
  });

  it.each(['0', '366', '1.5', 'week'])('looks no %s days ahead', async (days) => {
    expect(await ledger.call('GET', `/api/v1/findings/forecast?days=${days}`)).toMatchObject({ status: 400 });
  });
});

/** Counts by name, without those of which there are none. */
function sum(counted: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of counted) if (count > 0) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
