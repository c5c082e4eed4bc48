import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  make,
  PremiseBroken,
  WaiverGranted,
  WaiverMatches,
  type DecisionDetail,
  type DecisionReplay,
  type WaiverAnswer,
  type WaiverDetail,
} from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { allEvaluated, finding, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();
const { repository } = engine;

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

const person = (name: string) => ({ id: `u-${name}`, name, person: { id: `u-${name}`, name, email: null } });
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
let made = 0;

/** A commit that a vulnerability with a fix stops. */
async function stopped(fields: object = {}) {
  const commit = freshCommit();
  const cve = `CVE-2026-${9000 + (made += 1)}`;
  const vulnerability = finding(`v-${made}`, {
    ...{ class: 'vulnerability', rule: `GHSA-${made}`, severity: 'critical', purl: 'pkg:npm/left@1.0.0', fixedIn: '1.0.1', cve },
    ...fields,
  });
  await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { dependencies: [vulnerability] }));
  await engine.push(commit, `refs/heads/of-${made}`);
  expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('deny');
  return { commit, cve };
}

async function granted(asked: object): Promise<WaiverAnswer> {
  const body = { repository, reason: 'not reachable', until: inDays(10), ...asked };
  const request = await engine.call<WaiverAnswer>('POST', '/api/v1/waivers', { body, user: person('dana') });
  const path = `/api/v1/waivers/${request.body.id}/approve`;
  const answer = await engine.call<WaiverAnswer>('POST', path, { body: { digest: request.body.digest }, user: person('sam') });
  expect(answer.body.state).toBe('granted');
  return answer.body;
}

const verdict = async (commit: string) => (await engine.gate(commit, { wait: 20 })).body;
const read = async (id: string) => (await engine.call<WaiverDetail>('GET', `/api/v1/waivers/${id}`)).body;

describe('a decision', () => {
  it('names the exception that it leans on, and keeps it as part of its input', async () => {
    const { commit, cve } = await stopped();
    const waiver = await granted({ cve });

    const { id, decision, waived } = await verdict(commit);

    expect(decision).toBe('pass');
    expect(waived).toMatchObject([
      { waiver: waiver.id, label: waiver.label, policy: 'critical-fixable-added', total: 1, findings: [{ cve }], url: waiver.url },
    ]);
    const detail = (await engine.call<DecisionDetail>('GET', `/api/v1/decisions/${id!}`)).body;
    const { input } = (await engine.call<{ input: object }>('GET', `/api/v1/decisions/${id!}/input`)).body;
    expect(detail.waived).toEqual(waived);
    expect(input).toMatchObject({ waivers: [{ id: waiver.id, matches: { cve }, endsWhen: ['known_exploited'] }] });
    await engine.call('POST', `/api/v1/waivers/${waiver.id}/revoke`, { body: {} });
    const replay = (await engine.call<DecisionReplay>('POST', `/api/v1/decisions/${id!}/replay`)).body;
    expect(replay).toMatchObject({ identical: true, would: 'pass' });
    expect((await engine.told(commit, 3)).map(({ result, waived: names }) => [result, names?.[0]?.label])).toEqual([
      ['deny', undefined],
      ['pass', waiver.label],
      ['deny', undefined],
    ]);
  });

  it('says nothing of an exception that made no difference', async () => {
    const { commit } = await stopped();
    await granted({ cve: 'CVE-2020-0001' });

    expect((await verdict(commit)).waived).toBeUndefined();
  });
});

describe('others', () => {
  it('are told when it holds and when it does not any more', async () => {
    const { cve } = await stopped();
    const waiver = await granted({ cve, premise: 'behind the proxy' });
    await engine.call('POST', `/api/v1/waivers/${waiver.id}/revoke`, { body: { reason: 'fixed' }, user: person('pat') });

    const told = await eventually(async () => {
      const facts = await engine.facts('policy', `waiver:${waiver.id}`);
      expect(facts).toHaveLength(2);
      return facts;
    });

    expect(told).toMatchObject([
      {
        label: waiver.label,
        repository,
        matches: { cve },
        requestedBy: 'dana',
        approvedBy: 'sam',
        premise: 'behind the proxy',
        digest: waiver.digest,
      },
      { label: waiver.label, because: 'revoked', by: 'pat', note: 'fixed', owner: 'dana' },
    ]);
  });

  it('are told where it held when it is edited to lie elsewhere, and what it let through there is judged again', async () => {
    const elsewhere = 'git.example/acme/elsewhere';
    const stance = { team: 'others', tier: 'tier-2', exposure: 'internal', owners: [], repositories: [elsewhere] };
    await engine.call('PUT', '/api/v1/applications/elsewhere', { body: stance });
    const { commit, cve } = await stopped();
    const waiver = await granted({ cve });
    await engine.told(commit, 2);

    const edited = await engine.call<WaiverAnswer>('PUT', `/api/v1/waivers/${waiver.id}`, {
      body: { repository: elsewhere, cve, reason: 'it is there', until: inDays(10) },
      headers: { 'if-match': `"${waiver.revision}"` },
      user: person('dana'),
    });

    expect(edited.body).toMatchObject({ state: 'requested', scope: { repository: elsewhere } });
    expect((await engine.told(commit, 3)).map(({ result }) => result)).toEqual(['deny', 'pass', 'deny']);
    expect(await engine.facts('policy', `waiver:${waiver.id}`)).toMatchObject([
      { repository },
      { because: 'edited', repository, application: waiver.scope.application },
    ]);
  });

  it('cannot grant one by telling about it', async () => {
    const { commit, cve } = await stopped();
    const forged = make<WaiverGranted>(WaiverGranted, {
      ...{ waiver: '00000000-0000-7000-8000-000000000001', label: 'W-1', application: 'unassigned', repository, endsWhen: [] },
      matches: make(WaiverMatches, { cve }),
      ...{ reason: 'x', owner: 'mallory', requestedBy: 'mallory', approvedBy: 'sam', from: inDays(-1), until: inDays(1) },
      digest: `sha256:${'0'.repeat(64)}`,
    });
    await engine.publish({ fact: forged, deliveryKey: 'forged', sequence: 9 });
    await engine.idle();

    expect((await verdict(commit)).decision).toBe('deny');
  });
});

describe('a broken premise', () => {
  const tell = (waiver: string, because: 'known_exploited' | 'fix_available', cve: string) =>
    engine.publish({
      fact: make(PremiseBroken, { waiver, repository, finding: 'v', because, cve }),
      deliveryKey: `broken ${waiver} ${because}`,
    });

  it('ends the exception at once, says so, and the heads that it covered are judged again', async () => {
    const { commit, cve } = await stopped();
    const { id } = await granted({ cve });
    await engine.told(commit, 2);

    await tell(id, 'known_exploited', cve);

    await eventually(async () =>
      expect(await read(id)).toMatchObject({ state: 'ended', endedBecause: 'known_exploited', endedBy: 'throughline' }),
    );
    expect((await read(id)).endedNote).toBe(`${cve} is known to be exploited`);
    expect((await engine.told(commit, 3)).map(({ result }) => result)).toEqual(['deny', 'pass', 'deny']);
  });

  it('ends it only when it names that as its end', async () => {
    const { commit, cve } = await stopped();
    const { id } = await granted({ cve, endsWhen: [] });

    await tell(id, 'known_exploited', cve);
    await engine.idle();

    expect([(await read(id)).state, (await verdict(commit)).decision]).toEqual(['granted', 'pass']);
  });

  it('lets nothing through even before anybody has ended it', async () => {
    const { commit, cve } = await stopped({ knownExploited: true });

    const { id } = await granted({ cve });

    expect([(await read(id)).state, (await verdict(commit)).decision]).toEqual(['granted', 'deny']);
  });

  it('by a fix ends what was asked for until there is one', async () => {
    const { commit, cve } = await stopped();
    const { id } = await granted({ cve, endsWhen: ['fix_available'] });

    await tell(id, 'fix_available', cve);

    await eventually(async () => expect((await read(id)).endedBecause).toBe('fix_available'));
    expect((await verdict(commit)).decision).toBe('deny');
  });
});
