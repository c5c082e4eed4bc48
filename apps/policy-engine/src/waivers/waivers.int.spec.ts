import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { WaiverAnswer, WaiverDetail } from '@throughline/contracts';
import type { Identity } from '@throughline/service';
import { eventually } from '@throughline/testing';
import { allEvaluated, finding, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();
const { repository } = engine;

beforeAll(async () => {
  await engine.start();
  const stance = { team: 'payments', tier: 'tier-1', exposure: 'internal', owners: [] };
  await engine.call('PUT', '/api/v1/applications/shop', { body: { ...stance, repositories: [repository] } });
}, 300_000);
afterAll(() => engine.stop(), 60_000);

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}

type Person = 'dana' | 'sam' | 'pat';

/** A person with the rights of a role in the application. */
function as(name: Person, fields: Partial<Identity> = {}): Partial<Identity> {
  const rights =
    name === 'dana' ? ['waivers:read', 'waivers:write'] : ['waivers:read', 'waivers:write', 'approvals:write', 'decisions:read'];
  return {
    id: `u-${name}`,
    name,
    rights,
    applications: ['shop'],
    person: { id: `u-${name}`, name, email: `${name}@acme.example` },
    ...fields,
  };
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const secret = (id: string) =>
  finding(id, { class: 'secret', rule: 'aws', title: 'AWS key', severity: 'critical', path: 'app.env', line: 3 });
let findings = 0;

/** A commit that a secret stops. */
async function stopped(fields: object = {}) {
  const commit = freshCommit();
  const id = `f-${(findings += 1)}`;
  engine.ledger.set(id, { id, title: 'AWS key', severity: 'critical', repository, application: 'shop', ...fields });
  await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secret(id)] }));
  return { commit, id };
}

const ask = (body: object, user: Partial<Identity> = as('dana')) =>
  engine.call<WaiverAnswer & Refusal>('POST', '/api/v1/waivers', { body: { reason: 'a fixture', until: inDays(10), ...body }, user });
const approve = ({ id, digest }: { id: string; digest: string }, user: Partial<Identity> = as('sam')) =>
  engine.call<WaiverAnswer & Refusal>('POST', `/api/v1/waivers/${id}/approve`, { body: { digest }, user });
const verdict = async (commit: string) => (await engine.gate(commit, { wait: 20 })).body.decision;

describe('an exception', () => {
  it('is asked for, approved by somebody else, lets through what it covers, and no longer when it is revoked', async () => {
    const { commit, id } = await stopped();
    const before = await verdict(commit);
    const asked = await ask({ findings: [id] });
    const unapproved = await verdict(commit);

    const approved = await approve(asked.body);
    const during = await verdict(commit);
    const revoked = await engine.call<WaiverAnswer>('POST', `/api/v1/waivers/${asked.body.label}/revoke`, { body: { reason: 'rotated' } });

    expect(asked).toMatchObject({
      status: 201,
      body: {
        state: 'requested',
        requestedBy: 'dana',
        owner: 'dana',
        endsWhen: ['known_exploited'],
        scope: { application: 'shop', repository },
      },
    });
    expect(approved).toMatchObject({ status: 200, body: { state: 'granted', approvedBy: 'sam' } });
    expect(revoked.body).toMatchObject({ state: 'ended', endedBecause: 'revoked', endedNote: 'rotated' });
    expect([before, unapproved, during, await verdict(commit)]).toEqual(['deny', 'deny', 'pass', 'deny']);
  });

  it('covers nothing else', async () => {
    const one = await stopped();
    const other = await stopped();
    await approve((await ask({ findings: [one.id] })).body);

    expect([await verdict(one.commit), await verdict(other.commit)]).toEqual(['pass', 'deny']);
  });

  it('of a rule covers its repository, and ends at its time', async () => {
    const { commit } = await stopped();
    const { body } = await ask({ rule: 'aws', class: 'secret', repository });
    await approve(body);
    expect(await verdict(commit)).toBe('pass');

    await engine.rows('update waiver set until = clock_timestamp(), content = replace(content, $2, $3) where id = $1', [
      body.id,
      body.until,
      new Date().toISOString(),
    ]);
    await engine.rows("update work set run_after = clock_timestamp() where kind = 'waiver-end' and payload::jsonb ->> 'waiver' = $1", [
      body.id,
    ]);

    expect(await verdict(commit)).toBe('deny');
    const read = async () => (await engine.call<WaiverDetail>('GET', `/api/v1/waivers/${body.id}`)).body;
    await eventually(async () => expect(await read()).toMatchObject({ state: 'ended', endedBecause: 'expired' }));
    expect((await read()).history.map(({ kind }) => kind)).toEqual(['requested', 'granted', 'ended']);
  });

  it('is judged again where it counts when it is granted, without a question', async () => {
    const { commit, id } = await stopped();
    await engine.push(commit, 'refs/heads/judged');
    await engine.told(commit, 1);
    const { body } = await ask({ findings: [id] });

    await approve(body, as('pat'));

    expect((await engine.told(commit, 2)).map(({ result }) => result)).toEqual(['deny', 'pass']);
  });

  it('is listed by what it covers, and only for those whose application it is', async () => {
    const { id } = await stopped();
    const { body } = await ask({ findings: [id] });
    const list = async (query: string, user: Partial<Identity> = as('dana')) =>
      (await engine.call<{ items: WaiverAnswer[] }>('GET', `/api/v1/waivers?${query}`, { user })).body.items.map((each) => each.id);

    expect(await list(`finding=${id}`)).toEqual([body.id]);
    expect(await list(`finding=${id}&state=granted`)).toEqual([]);
    expect(await list('state=requested&limit=200&repository=https://git.example.org/acme/shop.git')).toContain(body.id);
    expect(await list('application=shop', { applications: ['other'] })).toEqual([]);
    expect((await engine.call('GET', `/api/v1/waivers/${body.id}`, { user: { applications: ['other'] } })).status).toBe(404);
    expect((await engine.call('POST', `/api/v1/waivers/${body.id}/revoke`, { body: {}, user: { applications: ['other'] } })).status).toBe(
      404,
    );
  });
});

describe('what is asked for', () => {
  it.each([
    ['in the past', { until: '2020-01-01' }, 422, '/until'],
    ['for ten years', { until: '2036-01-01' }, 422, '/until'],
    ['for longer than its tier allows', { until: inDays(100) }, 422, '/until'],
    ['for nothing in particular', { rule: undefined }, 422, ''],
    ['for a whole class', { rule: undefined, class: 'secret' }, 422, ''],
    ['with half a character', { path: 'a\ud800' }, 422, '/path'],
    ['with a zero', { rule: 'a\0b' }, 422, '/rule'],
    ['with what is no id', { findings: ['..'] }, 422, '/findings/0'],
    ['with an asterisk', { rule: '*' }, 422, '/rule'],
    ['for an unknown finding', { findings: ['f-none'] }, 422, '/findings/0'],
    ['for an unknown repository', { repository: 'https://git.example.org/acme/none' }, 422, '/repository'],
    ['for an unknown application', { repository: undefined, application: 'none' }, 422, '/application'],
    ['without a reason', { reason: '  ' }, 422, '/reason'],
    ['with an unknown end', { endsWhen: ['never'] }, 400, '/endsWhen'],
  ])('%s is refused', async (_, fields, status, pointer) => {
    const answer = await ask({ rule: 'aws', repository, ...fields }, { person: as('pat').person! });

    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([status, pointer]);
  });

  it('is looked up at once, however many findings it names; one that became an alias leads to what it is', async () => {
    const known = { title: 'AWS key', severity: 'critical', repository, application: 'shop' };
    for (const id of ['f-one', 'f-two']) engine.ledger.set(id, { id, ...known });
    engine.ledger.set('f-alias', { id: 'f-one', ...known });
    const before = engine.asked.length;

    const { body } = await ask({ findings: ['f-two', 'f-one'] });
    const asked = engine.asked.slice(before);
    const aliased = await ask({ findings: ['f-alias', 'f-one'] });

    expect(body.scope.findings).toMatchObject([{ id: 'f-two' }, { id: 'f-one' }]);
    expect(asked).toEqual(['/api/v1/findings']);
    expect(aliased.body.scope.findings).toMatchObject([{ id: 'f-one' }]);
  });

  it.each([
    ['every application, without approving there', { application: '*', cve: 'CVE-2021-44228' }, 'wide_scope'],
    ['an application of somebody else', { application: 'other', cve: 'CVE-2021-44228' }, 'out_of_scope'],
  ])('for %s is not allowed', async (_, body, code) => {
    await engine.call('PUT', '/api/v1/applications/other', { body: { team: 'others', tier: 'tier-3' } });

    const answer = await ask(body);

    expect([answer.status, answer.body.code]).toEqual([403, code]);
  });

  it('is listed with those that lean on the same, however that is spelt, also when it was written anew', async () => {
    const [one, other, third] = [
      (await ask({ rule: 'aws', repository, premise: 'The WAF  drops it' })).body,
      (await ask({ rule: 'aws', repository, premise: ' the waf drops IT ' })).body,
      (await ask({ rule: 'aws', repository, premise: 'nobody calls it' })).body,
    ];
    const leaning = async (premise: string, user = as('dana')) =>
      (
        await engine.call<{ items: WaiverAnswer[] }>('GET', `/api/v1/waivers?${new URLSearchParams({ premise }).toString()}`, { user })
      ).body.items.map(({ id }) => id);

    expect(await leaning('the WAF drops it')).toEqual([other.id, one.id]);
    await engine.call('PUT', `/api/v1/waivers/${other.id}`, {
      ...{ body: { rule: 'aws', repository, reason: 'a fixture', until: inDays(10), premise: 'Nobody calls it' } },
      ...{ headers: { 'if-match': '"1"' }, user: as('dana') },
    });

    expect([await leaning('the WAF drops it'), await leaning('nobody calls it')]).toEqual([[one.id], [third.id, other.id]]);
    expect(await leaning('nobody calls it', as('dana', { applications: ['other'] }))).toEqual([]);
  });

  it('means the end of a day', async () => {
    const day = inDays(5).slice(0, 10);

    expect((await ask({ rule: 'aws', repository, until: day })).body.until).toBe(`${inDays(6).slice(0, 10)}T00:00:00.000Z`);
  });
});

describe('an approval', () => {
  it.each<[string, Partial<Identity>, string]>([
    ['who asked', as('dana', { rights: ['*'] }), 'own_request'],
    [
      'another account with the address of who asked',
      as('pat', { person: { id: 'u-pat', name: 'pat', email: 'Dana@acme.example' } }),
      'own_request',
    ],
    ['a token that is nobody’s', as('sam', { person: undefined, rights: ['*'], applications: '*' }), 'not_a_person'],
    ['a token of who asked', as('dana', { id: 'token-1', rights: ['*'] }), 'own_request'],
    ['who has no such right', as('sam', { rights: ['waivers:write'] }), 'forbidden'],
    ['a person of another application', as('sam', { applications: ['other'] }), 'not_found'],
  ])('by %s is refused', async (_, user, code) => {
    const { id } = await stopped();
    const { body } = await ask({ findings: [id] });

    const answer = await approve(body, user);

    expect([answer.body.code, answer.status]).toEqual([code, code === 'not_found' ? 404 : 403]);
    expect((await engine.call<WaiverDetail>('GET', `/api/v1/waivers/${body.id}`)).body.state).toBe('requested');
  });

  it.each<[string, (commit: string) => Promise<void>]>([
    ['pushed it', (commit) => engine.push(commit, 'refs/heads/main', 'sam')],
    ['is its author', (commit) => engine.push(commit, 'refs/heads/main', 'robot', 'Sam <sam@acme.example>')],
    ['opened its change request', (commit) => engine.propose(commit, 7, 'sam')],
    [
      'pushed to its change request before',
      async (commit) => {
        await engine.push(freshCommit(), 'refs/heads/feature', 'sam');
        await engine.push(commit, 'refs/heads/feature', 'robot');
        await engine.propose(commit, 8, 'robot');
      },
    ],
  ])('by who %s is refused', async (_, make) => {
    const { commit, id } = await stopped();
    await make(commit);
    await eventually(async () => expect(await engine.rows('select 1 from change_person where commit = $1', [commit])).not.toEqual([]));
    await verdict(commit);
    const { body } = await ask({ findings: [id] });
    await eventually(async () =>
      expect((await engine.call<WaiverDetail>('GET', `/api/v1/waivers/${body.id}`, { user: as('sam') })).body.mayApprove).toBe(false),
    );

    const answer = await approve(body);

    expect([answer.status, answer.body.code]).toEqual([403, 'own_change']);
    expect((await approve(body, as('pat'))).status).toBe(200);
  });

  it('of what was edited meanwhile is void, before and after', async () => {
    const { commit, id } = await stopped();
    const { body } = await ask({ findings: [id] });
    const put = (etag: string, reason: string, user = as('dana')) =>
      engine.call<WaiverAnswer>('PUT', `/api/v1/waivers/${body.id}`, {
        body: { findings: [id], reason, until: inDays(10) },
        headers: { 'if-match': etag },
        user,
      });
    const edited = await put('"1"', 'another reason');
    const stale = await approve(body);
    const approved = await approve(edited.body);
    const during = await verdict(commit);
    const rewritten = await put(`"${approved.body.revision}"`, 'a third reason', as('sam'));

    expect([stale.status, approved.status, during, rewritten.body.state]).toEqual([412, 200, 'pass', 'requested']);
    expect(await verdict(commit)).toBe('deny');
    expect((await approve(rewritten.body)).body.code).toBe('own_request');
    expect((await put('"1"', 'too late')).status).toBe(412);
  });

  it('of every application takes somebody who approves everywhere', async () => {
    const { body } = await ask({ application: '*', cve: 'CVE-2021-44228', until: inDays(80) }, as('pat', { applications: '*' }));

    expect((await approve(body)).body).toMatchObject({ code: 'out_of_scope' });
    expect((await approve(body, as('sam', { applications: '*' }))).body).toMatchObject({ state: 'granted' });
    expect((await approve(body, as('dana', { applications: '*', rights: ['*'] }))).body.code).toBe('decided');
  });
});
