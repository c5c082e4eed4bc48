import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FindingAnswer } from '@throughline/contracts';
import { codeFinding, LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const rules = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'];
const findings = (...names: string[]) => names.map((name) => codeFinding(name));
const list = async (repository: string): Promise<FindingAnswer[]> =>
  (await ledger.call<{ items: FindingAnswer[] }>('GET', `/api/v1/findings?repository=${repository}`)).body.items;
const statesOf = async (repository: string): Promise<Record<string, string>> =>
  Object.fromEntries((await list(repository)).map(({ rule, detection }) => [rule, detection]));
const lastEvaluation = async (commit: string, seq = 1) => {
  await ledger.idle();
  return (await ledger.evaluations(commit, seq)).at(-1)!;
};

describe('an uploaded report', () => {
  it('opens findings that are marked, and says how far it counts', async () => {
    const repository = 'git.example/acme/uploads-open';

    await ledger.upload({ repository, commit: 'a1', position: 1, findings: findings('E1', 'E2') });

    expect(await lastEvaluation('a1')).toMatchObject({ opened: 2, assurance: 'claimed', coverage: { scope: '', complete: false } });
    expect(await list(repository)).toEqual([expect.objectContaining({ claimed: true }), expect.objectContaining({ claimed: true })]);
  });

  it('closes nothing of our own runs, however empty and complete it is', async () => {
    const repository = 'git.example/acme/uploads-own';
    await ledger.scan({ repository, commit: 'b1', position: 1, findings: findings('E1', 'E2') });

    await ledger.upload({ repository, commit: 'b1', seq: 2, position: 1, findings: [] }, { complete: true, confirmed: true });

    expect(await lastEvaluation('b1', 2)).toMatchObject({ resolved: 0, assurance: 'claimed' });
    expect(await statesOf(repository)).toEqual({ E1: 'open', E2: 'open' });
  });

  it('does not change what we say about a finding ourselves', async () => {
    const repository = 'git.example/acme/uploads-words';
    await ledger.scan({ repository, commit: 'c1', position: 1, findings: [codeFinding('E1', { severity: 'high' })] });

    await ledger.upload({
      repository,
      commit: 'c1',
      seq: 2,
      position: 1,
      findings: [codeFinding('E1', { severity: 'info', title: 'harmless' })],
    });

    const [finding] = await list(repository);
    expect(finding).toMatchObject({ severity: 'high', attributions: [{ tool: 'bandit' }] });
    expect(finding).not.toHaveProperty('claimed');
  });

  it('leaves open what it does not name unless it is complete', async () => {
    const repository = 'git.example/acme/uploads-part';
    await ledger.upload({ repository, commit: 'd1', position: 1, findings: findings('E1', 'E2') });

    await ledger.upload({ repository, commit: 'd1', seq: 2, position: 1, findings: findings('E2', 'E3') });

    expect(await statesOf(repository)).toEqual({ E1: 'open', E2: 'open', E3: 'open' });
  });

  it('closes what the same tool and scope opened when it is complete, and only that', async () => {
    const repository = 'git.example/acme/uploads-close';
    await ledger.upload({ repository, commit: 'e1', position: 1, findings: findings(...rules) }, { scope: 'api', complete: true });
    await ledger.upload({ repository, commit: 'e1', seq: 2, position: 1, findings: findings('W1') }, { scope: 'web', complete: true });

    await ledger.upload({ repository, commit: 'e2', position: 2, findings: findings(...rules.slice(1)) }, { scope: 'api', complete: true });

    expect(await lastEvaluation('e2')).toMatchObject({ opened: 0, resolved: 1, unchanged: 5 });
    expect(await statesOf(repository)).toMatchObject({ E1: 'resolved', E2: 'open', W1: 'open' });
  });

  it('waits for a person when it would close more than a fifth, and closes once somebody agreed', async () => {
    const repository = 'git.example/acme/uploads-park';
    await ledger.upload({ repository, commit: 'f1', position: 1, findings: findings(...rules) }, { complete: true });
    const sudden = { repository, commit: 'f2', position: 2, findings: findings('E1') };

    await ledger.upload(sudden, { complete: true });

    expect(await lastEvaluation('f2')).toMatchObject({
      resolved: 0,
      parked: { wouldResolve: 5, open: 6 },
      coverage: { complete: false },
    });
    expect(Object.values(await statesOf(repository))).toEqual(rules.map(() => 'open'));

    await ledger.upload(sudden, { complete: true, confirmed: true });

    const after = await lastEvaluation('f2');
    expect(after).toMatchObject({ revision: 2, resolved: 5, coverage: { complete: true } });
    expect(after).not.toHaveProperty('parked');
    expect(await statesOf(repository)).toMatchObject({ E1: 'open', E6: 'resolved' });
  });

  it('is one finding with what another tool reports under a common id', async () => {
    const repository = 'git.example/acme/uploads-vulnerable';
    const lodash = (...ids: string[]) =>
      codeFinding(ids[0]!, {
        class: 'vulnerability',
        vulnerability: { ids, name: 'lodash', purl: 'pkg:npm/lodash@4.17.20', version: '4.17.20', fixedIn: '4.17.21' },
      });
    await ledger.upload({ repository, commit: '01', position: 1, tool: 'trivy', findings: [lodash('CVE-2021-23337')] });

    await ledger.upload({
      repository,
      commit: '01',
      seq: 2,
      position: 1,
      tool: 'grype',
      findings: [lodash('GHSA-35jh-r3h4-6jhm', 'CVE-2021-23337')],
    });

    expect(await list(repository)).toEqual([
      expect.objectContaining({
        class: 'vulnerability',
        cve: 'CVE-2021-23337',
        component: { purl: 'pkg:npm/lodash@4.17.20', version: '4.17.20', fixedIn: '4.17.21' },
        attributions: [expect.objectContaining({ tool: 'grype' }), expect.objectContaining({ tool: 'trivy' })],
      }),
    ]);
    expect((await lastEvaluation('01')).present).toEqual([expect.objectContaining({ purl: 'pkg:npm/lodash@4.17.20', fixedIn: '4.17.21' })]);
  });
});
