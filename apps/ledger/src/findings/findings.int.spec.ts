import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ComponentAnswer, FindingAnswer, FindingEvent, Page, RiskAnswer } from '@throughline/contracts';
import type { Finding, SecretTrace } from '@throughline/findings';
import { codeFinding, commitId, component, eventually, LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const rulesOf = async (query: string): Promise<string[]> => (await ledger.findings(query)).map(({ rule }) => rule).sort();
const stateOf = async (repository: string): Promise<Record<string, string>> =>
  Object.fromEntries((await ledger.findings(`repository=${repository}`)).map(({ rule, detection }) => [rule, detection]));

describe('a report', () => {
  it('becomes findings and one evaluation', async () => {
    const repository = 'git.example/acme/first';

    await ledger.scan({ repository, commit: 'a1', position: 1, findings: [codeFinding('B602'), codeFinding('B303', { severity: 'low' })] });

    await ledger.idle();
    const [evaluated, ...more] = await ledger.evaluations('a1');
    expect(more).toEqual([]);
    expect(evaluated).toMatchObject({
      outcome: 'evaluated',
      revision: 1,
      opened: 2,
      totals: { high: 1, low: 1 },
      application: 'unassigned',
      notEvaluated: [],
      present: [{ rule: 'B602', path: 'app/main.py', line: 7, triage: 'new', tools: ['bandit'] }, { rule: 'B303' }],
    });
  });

  it('changes nothing when it comes five times', async () => {
    const repository = 'git.example/acme/again';
    const findings = [codeFinding('B602'), codeFinding('B303')];
    await ledger.scan({ repository, commit: 'b1', position: 1, findings });
    const before = await ledger.findings(`repository=${repository}`);

    for (const position of [2, 3, 4, 5]) await ledger.scan({ repository, commit: `b${position}`, position, findings });

    const after = await ledger.findings(`repository=${repository}`);
    expect(after.map(({ id, detection }) => [id, detection])).toEqual(before.map(({ id }) => [id, 'open']));
    expect(
      await ledger.rows('select 1 from finding_event e join finding f on f.number = e.finding_number where f.repository = $1', [
        repository,
      ]),
    ).toHaveLength(2);
  });

  it('tells nothing twice when the same item is applied again', async () => {
    const repository = 'git.example/acme/twice';
    await ledger.scan({ repository, commit: 'c1', position: 1, findings: [codeFinding('B602')] });

    await ledger.scan({ repository, commit: 'c1', position: 1, findings: [codeFinding('B602')] });

    await ledger.idle();
    expect(await ledger.evaluations('c1')).toHaveLength(1);
  });

  it('is one finding in two places when rule and source are equal', async () => {
    const repository = 'git.example/acme/places';
    const places = [3, 40].map((line) => codeFinding('B602', { location: { path: 'a.py', line, snippet: 'eval(x)' } }));

    await ledger.scan({ repository, commit: 'd1', position: 1, findings: places });

    const found = await ledger.findings(`repository=${repository}`);
    expect(found).toHaveLength(1);
    expect((await ledger.call('GET', `/api/v1/findings/counts?repository=${repository}`)).body).toEqual({
      items: [{ class: 'code', severity: 'high', count: 1 }],
      next: null,
    });
    expect(await ledger.findings(`id=${found[0]!.id},00000000-0000-7000-8000-000000000000`)).toEqual(found);
    expect(await ledger.findings(`repository=${repository}&id=!${found[0]!.id}`)).toEqual([]);
    expect(
      await ledger.rows('select 1 from sighting s join finding f on f.number = s.finding_number where f.repository = $1', [repository]),
    ).toHaveLength(2);
  });

  it('with ten thousand findings is applied, and the fact about it stays small', async () => {
    const repository = 'git.example/acme/large';
    const findings: Finding[] = Array.from({ length: 10_000 }, (_, index) =>
      codeFinding(`R${index % 50}`, { location: { path: `src/${index}.py`, line: 1, snippet: `x${index}` } }),
    );

    await ledger.scan({ repository, commit: 'e1', position: 1, findings });

    await ledger.idle();
    const [evaluated] = await ledger.evaluations('e1');
    expect(evaluated).toMatchObject({
      opened: 10_000,
      present: [],
      presentRef: expect.stringMatching(/^sha256:/),
      totals: { high: 10_000 },
    });
  }, 60_000);
});

describe('the line', () => {
  const orders = [
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ];

  it.each(orders)('ends in the state of the newest commit after %i, %i, %i', async (...order) => {
    const repository = `git.example/acme/order-${order.join('')}`;
    const at: Record<number, string[]> = { 1: ['A', 'B'], 2: ['B', 'C'], 3: ['C', 'D'] };

    for (const position of order) {
      await ledger.scan({ repository, commit: `f${position}`, position, findings: at[position]!.map((rule) => codeFinding(rule)) });
    }

    expect(await stateOf(repository)).toEqual({ A: 'resolved', B: 'resolved', C: 'open', D: 'open' });
  });

  it('is not closed by a failed run', async () => {
    const repository = 'git.example/acme/failed';
    await ledger.scan({ repository, commit: '11', position: 1, findings: [codeFinding('B602')] });

    await ledger.fail({ repository, commit: '12', position: 2 });

    expect(await stateOf(repository)).toEqual({ B602: 'not_evaluated' });
    await ledger.idle();
    expect(await ledger.evaluations('12')).toMatchObject([
      { outcome: 'not_evaluated', present: [], resolved: 0, notEvaluated: [{ what: 'bandit', reason: 'killed after 600 s' }] },
    ]);
  });

  it('is not moved by a baseline, which is evaluated all the same', async () => {
    const repository = 'git.example/acme/baseline';
    await ledger.scan({ repository, commit: '22', position: 2, base: '21', findings: [codeFinding('NEW')] });

    await ledger.scan({ repository, commit: '21', position: 1, baseline: true, findings: [codeFinding('OLD'), codeFinding('NEW')] });

    expect(await stateOf(repository)).toEqual({ NEW: 'open', OLD: 'not_seen' });
    await ledger.idle();
    const [evaluated] = await ledger.evaluations('21');
    expect(evaluated).toMatchObject({ subject: { baseline: true }, opened: 0, present: [{ rule: 'NEW' }, { rule: 'OLD' }] });
  });

  it('of one branch says nothing about another', async () => {
    const repository = 'git.example/acme/branches';
    await ledger.scan({ repository, commit: '31', position: 1, line: 'refs/heads/main', findings: [codeFinding('B602')] });
    await ledger.scan({ repository, commit: '32', position: 1, line: 'refs/heads/fix', findings: [codeFinding('B602')] });

    await ledger.scan({ repository, commit: '33', position: 2, line: 'refs/heads/fix', findings: [] });

    expect(await rulesOf(`repository=${repository}&branch=main&detection=open`)).toEqual(['B602']);
    expect(await rulesOf(`repository=${repository}&branch=fix&detection=open`)).toEqual([]);
    expect(await rulesOf(`repository=${repository}&branch=fix&detection=resolved`)).toEqual(['B602']);
  });
});

describe('a new ruleset', () => {
  it('speaks for the line from then on; what only the old one saw is neither open nor fixed', async () => {
    const repository = 'git.example/acme/ruleset';
    await ledger.scan({ repository, commit: '71', position: 1, findings: [codeFinding('BOTH'), codeFinding('OLD')] });

    await ledger.scan({ repository, commit: '72', position: 2, ruleset: 'r2', findings: [codeFinding('BOTH'), codeFinding('NEW')] });
    await ledger.scan({ repository, commit: '71', position: 1, seq: 2, findings: [codeFinding('LATE')] });

    expect(await stateOf(repository)).toEqual({ BOTH: 'open', NEW: 'open', OLD: 'not_evaluated', LATE: 'resolved' });
  });
});

describe('a new identity key', () => {
  it('opens and closes nothing: a secret is known by its digest under the former key', async () => {
    const repository = 'git.example/acme/rotation';
    const under = (key: string) => ({ scheme: `hmac-v1/${key}`, hmac: key.repeat(32) });
    const leak = (secret: SecretTrace) => codeFinding('LEAK', { class: 'secret', secret });
    await ledger.scan({ repository, commit: '81', position: 1, findings: [leak({ ...under('a1'), preview: 'AKIA…' })] });

    await ledger.scan({
      ...{ repository, commit: '82', position: 2 },
      findings: [leak({ ...under('b2'), preview: 'AKIA…', former: [under('a1')] })],
    });
    await ledger.scan({ repository, commit: '83', position: 3, findings: [leak({ ...under('b2'), preview: 'AKIA…' })] });

    expect(await stateOf(repository)).toEqual({ LEAK: 'open' });
    expect(await ledger.evaluations('82')).toMatchObject([{ opened: 0, resolved: 0 }]);
    expect(await ledger.evaluations('83')).toMatchObject([{ opened: 0, resolved: 0 }]);
  });
});

describe('the list', () => {
  const repository = 'git.example/acme/list';

  beforeAll(async () => {
    const findings = [
      codeFinding('S1', { class: 'secret', severity: 'critical', secret: { scheme: 'hmac-v1', hmac: 'ab'.repeat(32), preview: 'AKIA…' } }),
      codeFinding('C1', { cwe: [78], location: { path: 'src/deep/a.py', line: 1, snippet: 'one' } }),
      codeFinding('C2', { severity: 'low', title: 'Odd 100%_thing', location: { path: 'lib/b.py', line: 1, snippet: 'two' } }),
      codeFinding('K1', { class: 'configuration', severity: 'medium', resource: 'Deployment/web', location: { path: 'k8s/web.yaml' } }),
    ];
    await ledger.scan({ repository, commit: '41', position: 1, findings });
  });

  it.each([
    ['class=sast', ['C1', 'C2']],
    ['class=sast,secret', ['C1', 'C2', 'S1']],
    ['class=iac', ['K1']],
    ['class=!code', ['K1', 'S1']],
    ['severity=critical,high', ['C1', 'S1']],
    ['severity=!low', ['C1', 'K1', 'S1']],
    ['cwe=CWE-78', ['C1']],
    ['path=src', ['C1']],
    ['path=*.py', ['C1', 'C2', 'S1']],
    ['q=100%25_thing', ['C2']],
    ['tool=bandit', ['C1', 'C2', 'K1', 'S1']],
    ['tool=!bandit', []],
    ['triage=new', ['C1', 'C2', 'K1', 'S1']],
    ['detection=resolved', []],
    ['fixable=true', []],
    ['kev=false', ['C1', 'C2', 'K1', 'S1']],
    [`commit=${commitId('41')}`, ['C1', 'C2', 'K1', 'S1']],
    [`commit=${commitId('99')}`, []],
    ['application=unassigned', ['C1', 'C2', 'K1', 'S1']],
    ['advisory=GHSA-none', []],
  ])('filters by %s', async (query, expected) => {
    expect(await rulesOf(`repository=https://git.example/acme/list.git&${query}`)).toEqual(expected);
  });

  it.each([
    ...['severity=awful', 'class=x', 'repository=x', 'cursor=zz', 'sort=title', 'nonsense=1', 'cwe=x', 'epss=x', 'epss=2', 'purl=x'],
    ...['pullRequest=x', 'pullRequest=1.5', 'pullRequest=3000000000'],
  ])('says what is wrong with %s', async (query) => {
    expect(await ledger.call('GET', `/api/v1/findings?${query}`)).toMatchObject({ status: 400, body: { errors: [{}] } });
  });

  it.each(['-risk', 'risk', '-severity', 'due', 'firstSeen', '-lastSeen'])('comes in pages without gap or overlap by %s', async (sort) => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (
        await ledger.call<{
          items: FindingAnswer[];
          next: string | null;
        }>('GET', `/api/v1/findings?repository=${repository}&sort=${sort}&limit=1${cursor}`)
      ).body;
      seen.push(...page.items.map(({ rule }) => rule));
      cursor = page.next ? `&cursor=${page.next}` : '';
    } while (cursor !== '');

    expect([...seen].sort()).toEqual(['C1', 'C2', 'K1', 'S1']);
    if (sort === '-severity') expect(seen).toEqual(['S1', 'C1', 'K1', 'C2']);
  });

  it('shows to a team only what is its own', async () => {
    const stranger = { applications: ['other'] };

    const answer = await ledger.call('GET', `/api/v1/findings?repository=${repository}`, { user: stranger });

    expect(answer.body).toMatchObject({ items: [], total: 0 });
    const [mine] = await ledger.findings(`repository=${repository}`);
    expect(await ledger.call('GET', `/api/v1/findings/${mine!.id}`, { user: stranger })).toMatchObject({ status: 404 });
  });
});

describe('one finding', () => {
  const repository = 'git.example/acme/one';
  let id: string;

  beforeAll(async () => {
    await ledger.scan({
      repository,
      commit: '51',
      position: 1,
      findings: [codeFinding('B602', { description: 'why', help: 'https://example.org' })],
    });
    id = (await ledger.findings(`repository=${repository}`))[0]!.id;
  });

  it('is shown with its lines, its risk and where it came from', async () => {
    const { body, headers } = await ledger.call('GET', `/api/v1/findings/${id}`);

    expect(headers['etag']).toBe('"1"');
    expect(body).toMatchObject({
      id,
      class: 'code',
      description: 'why',
      presence: ['source'],
      introducedBy: { commit: commitId('51') },
      attributions: [{ tool: 'bandit' }],
      owner: 'unowned',
      lines: [{ line: 'refs/heads/main', detection: 'open' }],
    });
  });

  it('has a risk that can be checked by hand', async () => {
    const risk = (await ledger.call<RiskAnswer>('GET', `/api/v1/findings/${id}/risk`)).body;

    const { base, likelihood, exposure, impact } = risk.factors;
    expect(risk.score).toBeCloseTo(100 * base.value * likelihood.value * exposure.value * impact.value, 1);
  });

  it('is triaged by who has seen its last revision', async () => {
    const path = `/api/v1/findings/${id}`;
    const body = { triage: 'false_positive', reason: 'test data' };

    expect(await ledger.call('PATCH', path, { body })).toMatchObject({ status: 428 });
    expect(await ledger.call('PATCH', path, { body, headers: { 'if-match': '"7"' } })).toMatchObject({ status: 412 });
    expect(await ledger.call('PATCH', path, { body: { triage: 'not_affected' }, headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 422,
    });
    expect(await ledger.call('PATCH', path, { body, headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 200,
      body: { triage: 'false_positive', revision: 2 },
    });
    const history = (await ledger.call<{ items: FindingEvent[] }>('GET', `${path}/history`)).body;
    expect(history.items).toMatchObject([
      { kind: 'detection', to: 'open' },
      { kind: 'triage', from: 'new', to: 'false_positive', by: 'admin', reason: 'test data' },
    ]);
  });

  it('is not accepted here: that has one door', async () => {
    const answer = await ledger.call('PATCH', `/api/v1/findings/${id}`, {
      body: { triage: 'risk_accepted', reason: 'x' },
      headers: { 'if-match': '*' },
    });

    expect(answer).toMatchObject({ status: 409, body: { code: 'waiver_required', detail: expect.stringContaining('/api/v1/waivers') } });
  });

  it.each(['nope', '00000000-0000-7000-8000-000000000000'])('%s is not there', async (unknown) => {
    expect(await ledger.call('GET', `/api/v1/findings/${unknown}`)).toMatchObject({ status: 404 });
  });
});

describe('a licence', () => {
  it('is what the own report says of it, whatever others say of the same version', async () => {
    const [own, other] = ['git.example/acme/licence-own', 'git.example/acme/licence-other'];
    const says = (licence: string) => [component('left-pad', '1.3.0', { licence })];
    await ledger.scan({ repository: own, commit: '7a', position: 1, components: says('MIT') });
    await ledger.scan({ repository: other, commit: '7b', position: 1, components: says('AGPL-3.0-only') });
    await ledger.scan({ repository: own, commit: '7c', position: 2, components: [...says('MIT'), component('right-pad', '1.0.0')] });
    await ledger.idle();

    const licences = async (commit: string) => (await ledger.evaluations(commit)).at(-1)!.licences.map(({ licence }) => licence);
    expect([await licences('7b'), await licences('7c')]).toEqual([['AGPL-3.0-only'], ['MIT']]);
    const listed = await ledger.call<Page<ComponentAnswer>>('GET', `/api/v1/components?repository=${own}&q=left-pad`);
    expect(listed.body.items).toEqual([expect.objectContaining({ licence: 'MIT' })]);
  });
});

describe('the components', () => {
  it.each(['repository', 'purl', 'versions'])('are not listed by a %s that cannot be read', async (parameter) => {
    const answer = await ledger.call('GET', `/api/v1/components?${parameter}=x`);

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: expect.stringMatching(/^\/(?:repository|purl)$/) }] } });
  });
});

describe('hostile text', () => {
  it('goes through unharmed', async () => {
    const repository = 'git.example/acme/hostile';
    const finding = codeFinding('B\u0000602', { title: "<script>'; drop table finding;--\0", location: { path: 'a\0"\n💥.py', line: 1 } });

    await ledger.scan({ repository, commit: '61', position: 1, findings: [finding], components: [component("x'; --", '1.0.0\0')] });

    await eventually(async () => expect(await rulesOf(`repository=${repository}`)).toEqual(['B602']));
  });
});
