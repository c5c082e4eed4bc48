import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApplicationChanged,
  Deadlines,
  make,
  WaiverEnded,
  WaiverGranted,
  WaiverMatches,
  type FindingAnswer,
  type Severity,
} from '@throughline/contracts';
import { codeFinding, eventually, LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';

const day = 86_400_000;
const waiver = '00000000-0000-7000-8000-000000000031';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString();
const of = (repository: string): Promise<readonly FindingAnswer[]> => ledger.findings(`repository=${repository}&sort=-severity`);
/** Whole days between the first sighting and the deadline, by severity. */
async function days(repository: string): Promise<Record<string, number>> {
  const found = await of(repository);
  return Object.fromEntries(
    found.map(({ severity, firstSeen, risk }) => [severity, Math.round((Date.parse(risk.due) - Date.parse(firstSeen)) / day)]),
  );
}

async function seen(repository: string, position = 1, severities: readonly Severity[] = ['high']): Promise<void> {
  const findings = severities.map((severity) => ({ ...codeFinding(`R-${severity}`), severity }));
  await ledger.scan({ repository, commit: `a${position}`, position, findings });
}

/** As if all that was said about them had been said so many days earlier. */
const age = (repository: string, by: number): Promise<unknown> =>
  ledger.rows(
    `update finding set first_seen = first_seen - $2 * interval '24 hours', due = due - $2 * interval '24 hours',
       paused_at = paused_at - $2 * interval '24 hours' where repository = $1`,
    [repository, by],
  );

let version = 0;
async function application(repository: string, tier: 'tier-1' | 'tier-3', deadlines?: Partial<Deadlines>): Promise<void> {
  version += 1;
  const fact = make(ApplicationChanged, {
    ...{ name: 'till', team: 'tills', tier, dataClass: 'public', exposure: 'internal' as const, repositories: [repository] },
    ...{ images: [], owners: [] },
    ...(deadlines && { deadlines: make(Deadlines, deadlines) }),
  });
  await ledger.publish({ fact, deliveryKey: `till ${version}`, sequence: version });
}

describe('a finding is due', () => {
  it('by its severity and the deadlines of its application, which has those of its tier unless it says otherwise', async () => {
    const repository = 'git.example/acme/till';
    await seen(repository, 1, ['critical', 'high', 'medium', 'low', 'info']);
    expect(await days(repository)).toEqual({ critical: 7, high: 30, medium: 90, low: 180, info: 180 });

    await application(repository, 'tier-1');
    await eventually(async () => expect(await days(repository)).toEqual({ critical: 2, high: 7, medium: 30, low: 90, info: 90 }));

    await application(repository, 'tier-3', { critical: 1, low: 400 });
    await eventually(async () => expect(await days(repository)).toEqual({ critical: 1, high: 60, medium: 180, low: 400, info: 400 }));

    await seen(repository, 2, ['critical', 'high', 'medium', 'low', 'info']);
    expect(await days(repository)).toEqual({ critical: 1, high: 60, medium: 180, low: 400, info: 400 });
  });
});

describe('the clock of a finding', () => {
  it('is not started anew by the same report, and not by another commit', async () => {
    const repository = 'git.example/acme/same';
    await seen(repository);
    await age(repository, 3);
    const [before] = await of(repository);

    await seen(repository);
    await seen(repository, 2);

    expect((await of(repository)).map(({ risk }) => risk.due)).toEqual([before!.risk.due]);
    expect(before!.risk.pausedSince).toBeUndefined();
  });

  it('stands while an exception covers it, and goes on where it stood', async () => {
    const repository = 'git.example/acme/waived';
    await seen(repository);
    const waived = make<WaiverGranted>(WaiverGranted, {
      ...{ waiver, label: 'W-31', application: 'unassigned', repository, endsWhen: [], matches: make(WaiverMatches, { rule: 'R-high' }) },
      ...{ reason: 'a fixture', owner: 'dana', requestedBy: 'dana', approvedBy: 'sam', digest: `sha256:${'0'.repeat(64)}` },
      ...{ from: inDays(-1), until: inDays(90) },
    });
    await ledger.publish({ fact: waived, deliveryKey: waiver, sequence: 1 });
    await eventually(async () => expect((await of(repository))[0]!.risk.pausedSince).toBeDefined());
    await age(repository, 40);
    expect(await ledger.findings(`repository=${repository}&overdue=true`)).toEqual([]);

    await ledger.publish({
      fact: make(WaiverEnded, {
        ...{ waiver, label: 'W-31', application: 'unassigned', because: 'revoked' as const, by: 'sam', owner: 'dana', endedAt: inDays(0) },
      }),
      deliveryKey: 'ended',
      sequence: 2,
    });

    await eventually(async () => expect((await of(repository))[0]!.risk.pausedSince).toBeUndefined());
    expect(await days(repository)).toEqual({ high: 70 });
    await seen(repository, 2);
    expect(await days(repository)).toEqual({ high: 70 });
  });

  it('stands while it is not there, and while somebody has settled it', async () => {
    const repository = 'git.example/acme/gone';
    await seen(repository);
    await seen(repository, 2, []);
    expect((await of(repository))[0]).toMatchObject({ detection: 'resolved', risk: { pausedSince: expect.any(String) } });
    await age(repository, 10);

    await seen(repository, 3);
    expect(await days(repository)).toEqual({ high: 40 });

    const [finding] = await of(repository);
    const said = (triage: string): Promise<unknown> =>
      ledger.call('PATCH', `/api/v1/findings/${finding!.id}`, { body: { triage, reason: 'looked' }, headers: { 'if-match': '*' } });
    await said('false_positive');
    await age(repository, 100);
    expect(await ledger.findings(`repository=${repository}&overdue=true`)).toEqual([]);
    await said('exploitable');
    expect(await days(repository)).toEqual({ high: 140 });
    await age(repository, 31);
    expect(await ledger.findings(`repository=${repository}&overdue=true`)).toHaveLength(1);
  });
});
