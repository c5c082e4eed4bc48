import { gzipSync } from 'node:zlib';
import type { Chain, FindingAnswer, GateAnswer, Page, Report, ReportAccepted } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { push, site, type Api } from './api.ts';
import { GitRepository } from './git-repository.ts';
import { installedScanners } from './scanner-tools.ts';
import type { ServiceProcesses } from './service-processes.ts';
import { Shop } from './shop.ts';

const name = 'shop/till';
const title = 'Command built from input';
const harmless = {
  'package.json': JSON.stringify({ name: 'till', version: '1.0.0' }),
  'package-lock.json': JSON.stringify({
    name: 'till',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'till', version: '1.0.0' } },
  }),
};

let shop: Shop;
let platform: ServiceProcesses;
let api: Api;
let commit: string;

beforeAll(async () => {
  shop = await Shop.open({ toolsDir: installedScanners() });
  ({ platform, api } = shop);
  commit = new GitRepository(platform.repositories, name).commit('Open the till', harmless);
  expect((await push(shop.source, { repository: name, after: commit })).status).toBe(202);
}, 600_000);

afterAll(async () => {
  await shop?.close();
});

/** A report of a tool that does not run here. */
function report(...lines: number[]): string {
  const results = lines.map((line) => ({
    ruleId: 'EX001',
    level: 'error',
    message: { text: 'run() gets what the user wrote' },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'src/run.js' }, region: { startLine: line, snippet: { text: `run(input${line})` } } },
      },
    ],
  }));
  const driver = { name: 'ExampleLint', rules: [{ id: 'EX001', shortDescription: { text: title } }] };
  return JSON.stringify({ version: '2.1.0', runs: [{ results, tool: { driver } }] });
}

async function upload(
  body: string | Buffer,
  more = '',
): Promise<{ status: number; body: ReportAccepted & { errors: { pointer: string }[] } }> {
  const query = new URLSearchParams({ repository: `${site}/${name}.git`, commit });
  const response = await fetch(`${api.server}/api/v1/reports?${query.toString()}${more}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${platform.token}` },
    body: new Uint8Array(Buffer.from(body)),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, body: (await response.json()) as never };
}

const ask = (wait: number): Promise<GateAnswer> =>
  api.call('POST', 'gate', { gate: 'change', subject: { repository: `${site}/${name}`, commit }, wait });
const titlesIn = ({ reasons }: GateAnswer): string[] => reasons.flatMap(({ findings }) => findings.map((finding) => finding.title));

async function applied(id: string): Promise<Report> {
  return eventually(async () => {
    const now = await api.get<Report>(`reports/${id}`);
    if (now.status !== 'done') throw new Error(`the report is ${now.status}`);
    return now;
  }, 120_000);
}

describe('a report of a foreign tool', () => {
  let first: Report;

  it('is counted by a gate that is asked right after it was sent', async () => {
    const before = await eventually(async () => {
      const answer = await ask(50);
      if (answer.decision === 'undecided') throw new Error(JSON.stringify(answer.missing));
      return answer;
    }, 300_000);
    expect(titlesIn(before)).not.toContain(title);

    const sent = await upload(gzipSync(report(4, 9)));
    const after = await ask(50);

    expect(sent.status).toBe(202);
    expect(titlesIn(after)).toContain(title);
    expect(after.decision).not.toBe('pass');
    first = await applied(sent.body.id);
  }, 400_000);

  it('says what it opened, and the findings say who reported them and that nobody here has seen them', async () => {
    expect(first).toMatchObject({ reported: 2, accepted: 2, rejected: [], opened: 2, unchanged: 0, resolved: 0, assurance: 'claimed' });
    const { items } = await api.get<Page<FindingAnswer>>(`findings?repository=${site}/${name}`);
    const ours = items.filter((finding) => finding.title === title);
    expect(ours).toHaveLength(2);
    for (const finding of ours) expect(finding).toMatchObject({ claimed: true, attributions: [{ tool: 'ExampleLint' }] });
  });

  it('stands in the chain of its commit between the plan and what the ledger made of it', async () => {
    await eventually(async () => {
      const { nodes, edges } = await api.get<Chain>(`commits/${commit}/chain`);
      const received = nodes.find(({ kind }) => kind === 'evidence.received');
      if (!received) throw new Error('the chain does not know the report yet');
      const [after] = edges.filter(({ cause }) => cause === received.id);
      expect(nodes.find(({ id }) => id === after?.effect)?.kind).toBe('findings.evaluated');
    }, 60_000);
  }, 90_000);

  it('changes nothing when it comes again', async () => {
    const sent = await upload(report(4, 9));

    expect(sent.body.sameAs).toBe(first.id);
    expect(await applied(sent.body.id)).toMatchObject({ opened: 0, unchanged: 2, resolved: 0, reopened: 0 });
  }, 150_000);

  it('waits for a person when it is empty and calls itself complete', async () => {
    const whole = await upload(report(4, 9), '&complete=true&scope=till');
    await applied(whole.body.id);
    const empty = await upload(report(), '&complete=true&scope=till');

    const parked = await eventually(async () => {
      const now = await api.get<Report>(`reports/${empty.body.id}`);
      if (now.status !== 'parked') throw new Error(`the report is ${now.status}`);
      return now;
    }, 120_000);

    expect(parked).toMatchObject({ resolved: 0, parked: { wouldResolve: 2, open: 2 } });
    expect(titlesIn(await ask(50))).toContain(title);
  }, 300_000);

  it('is refused with the place when it breaks off', async () => {
    const answer = await upload(report(4, 9).slice(0, -60));

    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ pointer: expect.stringMatching(/^\/runs\/0/), detail: expect.stringContaining('line 1') }),
    ]);
  });
});
