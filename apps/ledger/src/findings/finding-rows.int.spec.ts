import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Finding } from '@throughline/findings';
import { codeFinding, eventually, LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

describe('a finding that nobody has seen before', () => {
  const states = async (repository: string): Promise<Record<string, string>> =>
    Object.fromEntries((await ledger.findings(`repository=${repository}`)).map(({ rule, detection }) => [rule, detection]));
  /** The one state over all lines, as it is kept twice, and as the lines have it. */
  const disagreeing = (repository: string): Promise<unknown[]> =>
    ledger.rows(
      `select f.rule, f.detection, seen.detection as seen, s.detection as state from finding f join finding_seen seen on seen.finding_number = f.number
       left join finding_state s on s.finding_number = f.number
       where f.repository = $1 and (f.detection <> seen.detection or f.detection <> coalesce(s.detection, 'not_seen'))`,
      [repository],
    );

  it.each<[string, (repository: string) => Promise<unknown>, string]>([
    ['is open', () => Promise.resolve(), 'open'],
    [
      'is gone already at a commit before one that was scanned',
      (repository) => ledger.scan({ repository, commit: 'a9', position: 9, findings: [codeFinding('OTHER')] }),
      'resolved',
    ],
    [
      'stays open below a run that failed',
      (repository) => ledger.fail({ repository, commit: 'a9', position: 9, findings: [] }),
      'not_evaluated',
    ],
  ])('%s', async (name, before, state) => {
    const repository = `git.example/acme/${name.replaceAll(' ', '-')}`;
    await before(repository);

    await ledger.scan({ repository, commit: 'a1', position: 1, findings: [codeFinding('NEW')] });

    expect((await states(repository))['NEW']).toBe(state);
    expect(await disagreeing(repository)).toEqual([]);
  });

  it('was not seen on any line by a baseline', async () => {
    const repository = 'git.example/acme/base';

    await ledger.scan({ repository, commit: 'b1', position: 1, baseline: true, findings: [codeFinding('NEW')] });

    expect(await states(repository)).toEqual({ NEW: 'not_seen' });
    expect(await disagreeing(repository)).toEqual([]);
  });

  it('was seen at least by what says only a part', async () => {
    const repository = 'git.example/acme/part';
    await ledger.upload({ repository, commit: 'c9', position: 9, findings: [codeFinding('OTHER')] });

    await ledger.upload({ repository, commit: 'c1', position: 1, findings: [codeFinding('NEW')] });

    expect(await states(repository)).toEqual({ NEW: 'not_seen', OTHER: 'open' });
    expect(await disagreeing(repository)).toEqual([]);
  });
});

describe('what is looked for by a word', () => {
  const many = (title: string): Finding[] =>
    Array.from({ length: 250 }, (_, index) => codeFinding(`MANY-${index}`, { title: `${title} ${index}` }));

  const found = async (repository: string, word: string): Promise<number> => {
    const counts = await ledger.call<{ items: { count: number }[] }>('GET', `/api/v1/findings/counts?repository=${repository}&q=${word}`);
    return counts.body.items.reduce((sum, { count }) => sum + count, 0);
  };

  it('is found at once, and under its new words when they change', async () => {
    const repository = 'git.example/acme/few';
    await ledger.scan({ repository, commit: 'd1', position: 1, findings: [codeFinding('B1', { title: 'a haystack' })] });
    expect(await ledger.findings(`repository=${repository}&q=hay`)).toHaveLength(1);

    await ledger.scan({ repository, commit: 'd2', position: 2, findings: [codeFinding('B1', { title: 'a needle' })] });

    expect(await ledger.findings(`repository=${repository}&q=hay`)).toEqual([]);
    expect(await ledger.findings(`repository=${repository}&q=needle`)).toHaveLength(1);
  });

  it('is found shortly after the import of many', async () => {
    const repository = 'git.example/acme/many';
    await ledger.scan({ repository, commit: 'e1', position: 1, findings: many('haystack') });
    await eventually(async () => expect(await found(repository, 'haystack')).toBe(250));

    await ledger.scan({ repository, commit: 'e2', position: 2, findings: many('needle') });

    await eventually(async () => expect(await found(repository, 'needle')).toBe(250));
    expect(await found(repository, 'haystack')).toBe(0);
  });
});

describe('a report with more findings than are written at once', () => {
  it('is the same when it comes again, though its results share lesser keys', async () => {
    const repository = 'git.example/acme/shared';
    const known = (ids: readonly string[]): Finding =>
      codeFinding(ids[0]!, {
        class: 'vulnerability',
        vulnerability: { ids: [...ids], ecosystem: 'npm', name: 'left-pad', version: '1.0.0', purl: 'pkg:npm/left-pad@1.0.0' },
      });
    const both = Array.from({ length: 2_050 }, (_, n) => known([`CVE-2024-${10_000 + n}`, `GHSA-${n}`]));
    const [one, other] = [known(['GHSA-0']), known(['GHSA-2049'])];

    await ledger.scan({ repository, commit: 'f1', position: 1, findings: [one, ...both, other] });
    const states = (): Promise<unknown[]> =>
      ledger.rows('select detection, count(*)::int from finding where repository = $1 group by 1', [repository]);

    expect(await states()).toEqual([{ detection: 'open', count: 2_050 }]);
    await ledger.scan({ repository, commit: 'f2', position: 2, findings: [...both, one, other] });
    expect(await states()).toEqual([{ detection: 'open', count: 2_050 }]);
  });
});
