import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AlertStory, Chain, CreatedSource, GateAnswer, OutboxMessage, Page, WebhookReceipt } from '@throughline/contracts';
import {
  eventually,
  fakeSlack,
  httpReceiver,
  mailbox,
  orphansOf,
  otlpReceiver,
  type FakeSlack,
  type HttpReceiver,
  type Mailbox,
  type OtlpReceiver,
} from '@throughline/testing';
import { buildRepository, demoAdvisories, plantedSecret, type DemoRepository } from '../../apps/cli/src/demo/repository.ts';
import { idsByNoun, operationsOf, tokenOfAnotherTeam, tryOperation, type Outcome } from './access-matrix.ts';
import { Api, push, site } from './api.ts';
import { Contract } from './contract.ts';
import { installedScanners } from './scanner-tools.ts';
import { ServiceProcesses } from './service-processes.ts';

const name = 'demo/demo-shop';

let platform: ServiceProcesses;
let api: Api;
let slack: FakeSlack;
let mail: Mailbox;
let hook: HttpReceiver;
let statuses: HttpReceiver;
let spans: OtlpReceiver;
let repository: DemoRepository;
let source: CreatedSource;
let receipt: WebhookReceipt;
let gate: GateAnswer;

beforeAll(async () => {
  [slack, mail, hook, statuses, spans] = await Promise.all([fakeSlack(), mailbox(), httpReceiver(), httpReceiver(), otlpReceiver()]);
  statuses.answer = () => ({ status: 201, body: '{}' });
  platform = await ServiceProcesses.start({
    toolsDir: installedScanners(),
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: spans.url,
      OUTBOUND_ALLOW: [slack.origin, hook.origin, statuses.origin, `smtp://127.0.0.1:${mail.port}`].join(','),
    },
  });
  api = new Api(platform.url('gateway'), platform.token);
  repository = await buildRepository(platform.repositories);
  await setUp();
}, 600_000);

afterAll(async () => {
  await platform?.stop();
  for (const fake of [slack, mail, hook, statuses, spans]) await fake?.close();
});

async function setUp(): Promise<void> {
  await api.call('POST', 'advisories', (await demoAdvisories()).map((record) => JSON.stringify(record)).join('\n'));
  await api.call('PUT', 'advisories/feeds/manual', { trustedForFixes: true });
  const channels = {
    chat: { kind: 'slack', settings: { mode: 'web-api', channel: 'C1', apiUrl: slack.apiUrl }, secrets: { token: slack.token } },
    mail: {
      kind: 'email',
      settings: { host: '127.0.0.1', port: mail.port, security: 'none', from: 'tl@throughline.example', to: ['sec@shop.example'] },
    },
  };
  for (const [channel, document] of Object.entries(channels)) await api.call('PUT', `channels/${channel}`, document);
  await api.call(
    'PUT',
    'applications/shop',
    { team: 'shop', tier: 'tier-1', dataClass: 'public', exposure: 'internet', repositories: [`${site}/${name}`], owners: ['sec'] },
    { 'if-none-match': '*' },
  );
  source = await api.call<CreatedSource>('POST', 'sources', {
    kind: 'gitea',
    name: 'shop',
    scope: { repositories: [name] },
    settings: {
      baseUrl: site,
      apiUrl: `${statuses.origin}/api/v1`,
      token: 'status-token',
      cloneUrl: `${pathToFileURL(platform.repositories).href}/demo/{fullName}.git`,
    },
  });
}

describe('a push of a vulnerable change', () => {
  it('is accepted', async () => {
    const response = await push(source, { repository: name, before: repository.before, after: repository.after, delivery: 'first' });

    receipt = (await response.json()) as WebhookReceipt;

    expect(response.status).toBe(202);
    expect(receipt.facts).toBeGreaterThan(0);
  });

  it('is pending at the provider before it is judged, and blocked after', async () => {
    const sent = await eventually(() => {
      const states = statuses.requests
        .filter((request) => request.path.endsWith(`/statuses/${repository.after}`))
        .map((request) => JSON.parse(request.body) as { readonly state: string; readonly description: string });
      expect(states.filter(({ state }) => state !== 'pending')).not.toEqual([]);
      return states;
    }, 120_000);

    expect(sent[0]!.state).toBe('pending');
    expect(sent.at(-1)!.state).toBe('failure');
    expect(sent.at(-1)!.description).toMatch(/^Blocked: /);
    expect(sent.at(-1)!.description.length).toBeLessThanOrEqual(140);
  }, 130_000);

  it('is denied by the gate with what it adds, and the fix', async () => {
    gate = await api.call<GateAnswer>('POST', 'gate', {
      gate: 'change',
      subject: { repository: `${site}/${name}.git`, commit: repository.after },
      wait: 50,
    });

    expect(gate.decision).toBe('deny');
    expect(gate.reasons.map((reason) => reason.policy).sort()).toEqual([
      'critical-fixable-added',
      'high-code-added',
      'privileged-workload',
      'root-container',
      'secret-added',
      'unpinned-action',
    ]);
    const critical = gate.reasons.find((reason) => reason.policy === 'critical-fixable-added')!;
    expect(critical.findings.map((finding) => finding.fixedIn).sort()).toEqual(['1.2.6', '5.4']);
    expect(critical.fix).toMatch(/^Raise (?:minimist to 1\.2\.6|pyyaml to 5\.4) in /);
  }, 70_000);

  it('is one Slack message and one mail thread, with finding, policy and fix', async () => {
    await eventually(() => {
      const about = slack.posts.filter((post) => JSON.stringify(post).includes('CVE-2021-44906'));
      expect(about).toHaveLength(1);
      expect(JSON.stringify(about[0]!.blocks)).toContain('minimist');
      expect(JSON.stringify(about[0]!.blocks)).toContain('Raise');
    }, 60_000);
    await eventually(() => {
      const mails = mail.mails.filter((one) => one.subject?.includes('change blocked'));
      expect(mails.length).toBeGreaterThanOrEqual(1);
      expect(mails[0]!.text).toContain('critical-fixable-added');
      expect(new Set(mails.map((one) => one.subject)).size).toBe(1);
    }, 60_000);
  }, 130_000);

  it('is one chain from commit to delivery, without a gap', async () => {
    const chain = await eventually(async () => {
      const found = await api.get<Chain>(`commits/${repository.after}/chain`);
      expect(found.nodes.some((node) => node.kind === 'delivery.succeeded')).toBe(true);
      return found;
    }, 60_000);

    const kinds = new Set(chain.nodes.map((node) => node.kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'change.pushed',
        'evidence.planned',
        'scan.completed',
        'findings.evaluated',
        'decision.made',
        'alert.opened',
        'fix.proposed',
      ]),
    );
    expect(chain.nodes.filter((node) => node.gap)).toEqual([]);
    expect(chain.status).toBe('deny');
    const effects = new Set(chain.edges.map((edge) => edge.effect));
    expect(chain.nodes.filter((node) => !effects.has(node.id)).map((node) => node.kind)).toEqual(['change.pushed']);
  }, 70_000);

  it('answers why the alert exists', async () => {
    const alerts = await api.get<Page<{ readonly id: string }>>(`alerts?commit=${repository.after}`);
    expect(alerts.items).toHaveLength(1);

    const why = await api.get<AlertStory>(`alerts/${alerts.items[0]!.id}/why`);

    expect(why.story[0]).toContain('ingest: a change');
    expect(why.earliestStop).toMatchObject({ gate: 'change' });
    expect(why.gaps).toEqual([]);
  });

  it('is one trace over all services, with no orphan', async () => {
    const trace = await eventually(() => {
      const root = spans.spans().find((span) => span.service === 'ingest' && span.attributes['http.route'] === '/hooks/:source');
      expect(root).toBeDefined();
      const own = spans.spans().filter((span) => span.traceId === root!.traceId);
      expect(own.some((span) => span.name === 'work deliver alert')).toBe(true);
      return own;
    }, 30_000);

    expect(new Set(trace.map((span) => span.service))).toEqual(
      new Set(['gateway', 'ingest', 'scanner-orchestrator', 'ledger', 'policy-engine', 'remediation', 'notifier', 'chain']),
    );
    expect(trace.filter((span) => span.parentSpanId === undefined)).toHaveLength(1);
    expect(orphansOf(spans.spans())).toEqual([]);
  }, 40_000);

  it('changes nothing when the same delivery comes again', async () => {
    const before = await api.get<Chain>(`commits/${repository.after}/chain`);

    const response = await push(source, { repository: name, before: repository.before, after: repository.after, delivery: 'first' });

    expect(response.status).toBe(202);
    expect(((await response.json()) as WebhookReceipt).deliveryId).toBe(receipt.deliveryId);
    expect((await api.get<Chain>(`commits/${repository.after}/chain`)).nodes).toHaveLength(before.nodes.length);
    const kept = await api.get<Page<OutboxMessage>>('outbox?kind=alert');
    expect(kept.items).toEqual([]);
  });

  it('leaves the planted secret nowhere', () => {
    const secret = plantedSecret();
    const places = [
      platform.home,
      platform.variable('ingest', 'THROUGHLINE_HOME'),
      join(platform.variable('scanner-orchestrator', 'WORK_DIR'), '..'),
    ];
    const found = places.flatMap((place) => grep(secret, place)).filter((file) => !file.startsWith(platform.repositories));

    expect(found).toEqual([]);
    expect(
      JSON.stringify(slack.posts) + JSON.stringify(mail.mails) + JSON.stringify(statuses.requests) + JSON.stringify(spans.spans()),
    ).not.toContain(secret);
  });
});

describe('every answer of reading', () => {
  it('is as the interface describes it, field by field', async () => {
    const operations = (await operationsOf(api)).filter(({ method }) => method === 'GET');
    const ids = await idsByNoun(api, operations);
    ids.set('commits', [repository.after]);
    const contract = await Contract.of(api);

    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(...(await tryOperation(api.server, platform.token, operation, ids)));

    expect(outcomes.flatMap((outcome) => contract.faultsOf(outcome))).toEqual([]);
    expect(outcomes.filter(({ status }) => status === 200).length).toBeGreaterThan(40);
  }, 120_000);
});

describe('a cursor that nobody gave', () => {
  it('is refused by every list, or leads nowhere', async () => {
    const lists = (await operationsOf(api)).filter(({ method, path }) => method === 'GET' && !path.includes('{'));

    const outcomes: Outcome[] = [];
    for (const parts of [['x'], ['x', 'y'], ['\0', 'y']]) {
      const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
      for (const { path } of lists)
        outcomes.push(...(await tryOperation(api.server, platform.token, { method: 'GET', path: `${path}?cursor=${cursor}` }, new Map())));
    }

    const wrong = outcomes.filter(({ status, type }) => status >= 500 || (status >= 400 && !type.startsWith('application/problem+json')));
    expect(wrong.map(({ url, status }) => `${url} ${status}`)).toEqual([]);
    expect(outcomes.filter(({ status }) => status === 400).length).toBeGreaterThan(20);
  }, 120_000);
});

describe('a team that owns none of it', () => {
  it('sees and changes nothing, whatever operation it tries', async () => {
    const operations = await operationsOf(api);
    const ids = await idsByNoun(api, operations);
    ids.set('commits', [repository.after]);
    const token = await tokenOfAnotherTeam(api);

    const outcomes: Outcome[] = [];
    for (const operation of operations) outcomes.push(...(await tryOperation(api.server, token, operation, ids)));

    const secrets = [
      name,
      repository.after,
      ...['findings', 'alerts', 'decisions', 'chains', 'remediations', 'repositories'].flatMap((noun) => ids.get(noun)!),
    ];
    const leaks = outcomes.filter(({ url, body }) =>
      secrets.some((secret) => body.replaceAll(url, '').includes(secret) && !url.includes(secret)),
    );
    expect(leaks.map(({ method, url, status }) => `${method} ${url} ${status}`)).toEqual([]);
    const reached = outcomes.filter(
      ({ url, status }) => status < 300 && secrets.some((secret) => url.includes(encodeURIComponent(secret))),
    );
    expect(reached.map(({ method, url, status }) => `${method} ${url} ${status}`)).toEqual([]);
    expect(outcomes.filter(({ status }) => status >= 500).map(({ method, url, status }) => `${method} ${url} ${status}`)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(80);
  }, 120_000);

  it('leaves everything as it was', async () => {
    const chain = await api.get<Chain>(`commits/${repository.after}/chain`);

    expect(chain.status).toBe('deny');
    expect((await api.get<Page<unknown>>(`findings?commit=${repository.after}`)).items.length).toBeGreaterThan(8);
  });
});

function grep(text: string, folder: string): string[] {
  try {
    return execFileSync('grep', ['-rlaF', '--', text, folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .split('\n');
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    if (status === 1) return [];
    return stdout.trim().split('\n').filter(Boolean);
  }
}
