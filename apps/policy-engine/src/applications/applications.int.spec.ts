import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { make, RepositoryChanged, type Application, type PolicyChange } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import {
  allEvaluated,
  finding,
  freshCommit,
  person,
  planned,
  PolicyEngineUnderTest,
  subject,
} from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

interface Refusal {
  readonly code: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}

function put(name: string, body: object, ifMatch?: string, user: object = {}) {
  return engine.call<Application & Refusal>('PUT', `/api/v1/applications/${name}`, {
    body,
    user,
    ...(ifMatch && { headers: { 'if-match': ifMatch } }),
  });
}

const exposed = {
  team: 'payments',
  tier: 'tier-1',
  exposure: 'internet',
  repositories: ['git@git.example.org:acme/exposed.git'],
  owners: ['ada'],
};
const inner = { team: 'tools', tier: 'tier-3', exposure: 'internal', repositories: ['https://git.example.org/acme/inner'] };

describe('an application', () => {
  it('is kept whole, with its tolerance and canonical repositories', async () => {
    const { status, body, headers } = await put('kept', {
      ...exposed,
      repositories: ['https://git.example.org/Acme/Kept.git'],
      deadlines: { high: 3 },
    });

    expect([status, headers['etag']]).toEqual([200, '"1"']);
    expect(body).toMatchObject({
      name: 'kept',
      version: 1,
      repositories: ['git.example.org/acme/kept'],
      dataClass: 'unknown',
      deadlines: { critical: 2, high: 3, medium: 30, low: 90 },
      tolerance: 'tier-1 internet',
      requires: ['code', 'configuration', 'secret', 'vulnerability'],
      blocksFrom: 'high',
    });
    expect((await engine.call('GET', '/api/v1/applications/kept')).body).toEqual(body);
  });

  it('decides how much the same finding weighs, and the answer names the tolerance', async () => {
    await put('exposed', exposed);
    await put('inner', inner);
    const answers = [];
    for (const repository of ['git.example.org/acme/exposed', 'git.example.org/acme/inner']) {
      const of = { ...subject(freshCommit()), repository };
      await engine.publish(planned(of), ...allEvaluated(of, { bandit: [finding(`${repository}-1`, { severity: 'high' })] }));
      answers.push((await engine.gate(of.commit, { subject: { repository, commit: of.commit }, wait: 20 })).body);
    }

    expect(answers.map(({ decision, tolerance }) => [decision, tolerance])).toEqual([
      ['deny', 'tier-1 internet'],
      ['warn', 'tier-3 internal'],
    ]);
    expect(answers[0]!.reasons[0]!.approvers).toEqual(['ada']);
  });

  it('changes the verdict about what belongs to it', async () => {
    const repository = 'git.example.org/acme/moved';
    const of = { ...subject(freshCommit()), repository };
    const action = finding('unpinned', { class: 'configuration', rule: 'unpinned-uses', path: '.github/workflows/ci.yml', line: 12 });
    await engine.publish(planned(of), ...allEvaluated(of, { zizmor: [action] }));
    const ask = async () => (await engine.gate(of.commit, { subject: { repository, commit: of.commit }, wait: 20 })).body;
    const before = await ask();

    await put('moved', { ...exposed, repositories: [repository] });

    expect([before.decision, (await ask()).decision]).toEqual(['warn', 'deny']);
  });

  it('does not take a repository from another one, and is changed only by who has read it', async () => {
    await put('owner', { ...inner, repositories: ['git.example.org/acme/owned'] });

    const taken = await put('thief', { ...inner, repositories: ['git.example.org/acme/owned'] });
    const blind = await put('owner', { ...inner, tier: 'tier-2', repositories: ['git.example.org/acme/owned'] });
    const fresh = await put('owner', { ...inner, tier: 'tier-2', repositories: ['git.example.org/acme/owned'] }, '"1"');

    expect([taken.status, taken.body.errors]).toEqual([
      409,
      [{ pointer: '/repositories/0', detail: 'git.example.org/acme/owned belongs to owner' }],
    ]);
    expect([blind.status, fresh.status, fresh.body.version]).toEqual([428, 200, 2]);
  });

  it('takes no repository that was registered for one that is not the caller’s, and alone none of one that takes less risk', async () => {
    await put('registry', { ...exposed, repositories: [] });
    const registered = async (name: string): Promise<string> => {
      const repository = `git.example.org/acme/${name}`;
      const words = { repositoryId: name, name, cloneUrl: `https://${repository}`, application: 'registry', labels: [] };
      await engine.publish({
        ...{ fact: make(RepositoryChanged, { repository, ...words, action: 'registered' }), deliveryKey: name, sequence: 1 },
      });
      await eventually(async () => expect(await engine.rows('select 1 from repository where id = $1', [repository])).toHaveLength(1));
      return repository;
    };
    const repository = await registered('registered');

    const stolen = await put('robber', { ...exposed, repositories: [repository] }, undefined, { applications: ['robber'] });
    const weaker = await put('lax', { ...inner, repositories: [repository] }, undefined, person('ada'));
    const another = await registered('another');
    const same = await put('equal', { ...exposed, repositories: [another] });

    expect([stolen.status, stolen.body.code, stolen.body.errors]).toEqual([
      ...[409, 'taken'],
      [{ pointer: '/repositories/0', detail: `${repository} is registered for another application` }],
    ]);
    const { location, digest, base, weakens } = weaker.body as unknown as PolicyChange;
    expect([weaker.status, base, weakens]).toEqual([
      ...[202, 0, [`${repository} leaves registry: tier tier-1 → tier-3, exposure internet → internal`]],
    ]);
    expect((await engine.call('GET', '/api/v1/applications/lax')).status).toBe(404);
    expect((await engine.call('POST', `${location}/approve`, { body: { digest }, user: person('bob') })).status).toBe(200);
    expect((await engine.call<Application>('GET', '/api/v1/applications/lax')).body.repositories).toEqual([repository]);
    expect([same.status, same.body.repositories]).toEqual([200, [another]]);
  });

  it('accepts licences that bind whoever hands on only where it is handed on to nobody, and then by two persons', async () => {
    const before = await put('inhouse', { ...inner, repositories: [] }, undefined, person('ada'));
    const asked = await put('inhouse', { ...inner, repositories: [], distribute: false }, '"1"', person('ada'));
    const { location, digest, weakens } = asked.body as unknown as PolicyChange;
    const approved = await engine.call('POST', `${location}/approve`, { body: { digest }, user: person('bob') });
    const after = await engine.call<Application>('GET', '/api/v1/applications/inhouse');
    const offered = await put('inhouse', { ...inner, repositories: [], distribute: true }, '"2"', person('ada'));

    expect(before.body.deniedLicences).toContain('AGPL-3.0-only');
    expect([asked.status, weakens]).toEqual([202, ['network copyleft denied → accepted']]);
    expect([approved.status, after.body.distribute, after.body.deniedLicences]).toEqual([200, false, []]);
    expect([offered.status, offered.body.deniedLicences]).toEqual([200, before.body.deniedLicences]);
  });

  it('takes at once what another one has just left, though its registration is told a moment later', async () => {
    const repository = 'git.example.org/acme/wandering';
    await put('first', { ...inner, repositories: [repository] });
    const words = { repositoryId: 'w', name: 'w', cloneUrl: `https://${repository}`, application: 'first', labels: [] };
    await engine.publish({
      ...{ fact: make(RepositoryChanged, { repository, ...words, action: 'changed' }), deliveryKey: 'w', sequence: 1 },
    });
    await eventually(async () => expect(await engine.rows('select 1 from repository where id = $1', [repository])).toHaveLength(1));
    await put('first', { ...inner, repositories: [] }, '"1"');

    expect((await put('second', { ...inner, tier: 'tier-3', repositories: [repository] })).status).toBe(200);
  });

  it('is seen and changed only by callers that it belongs to', async () => {
    await put('hidden', { ...inner, repositories: [] });
    const user = { applications: ['visible'] };

    const list = await engine.call<{ items: Application[] }>('GET', '/api/v1/applications', { user });

    expect(list.body.items).toEqual([]);
    expect((await engine.call('GET', '/api/v1/applications/hidden', { user })).status).toBe(404);
    expect((await put('hidden', inner, '"1"', user)).status).toBe(403);
  });

  it.each([
    ['a bad name', 'Bad Name', inner, undefined],
    ['the name of what belongs to nobody', 'unassigned', inner, undefined],
    ['an unknown tier', 'bad', { ...inner, tier: 'tier-9' }, '/tier'],
    ['an address that is none', 'bad', { ...inner, repositories: ['no address'] }, '/repositories/0'],
  ])('is refused with %s', async (_, name, body, pointer) => {
    const answer = await put(encodeURIComponent(name), body);

    expect(answer.status).toBe(400);
    if (pointer !== undefined) expect(answer.body.errors![0]!.pointer).toBe(pointer);
  });
});
