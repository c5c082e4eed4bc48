import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GateAnswer, Report, ReportAccepted } from '@throughline/contracts';
import { ciIssuer, eventually, githubClaims, httpReceiver, type CiIssuerInTest, type HttpReceiver } from '@throughline/testing';
import { push, site, type Api } from './api.ts';
import { GitRepository } from './git-repository.ts';
import type { ServiceProcesses } from './service-processes.ts';
import { Shop } from './shop.ts';

const client = resolve(fileURLToPath(import.meta.url), '../../../apps/cli/dist/main.js');
const repository = `${site}/shop/till.git`;
const audience = 'throughline-of-the-shop';
const runnerSecret = 'runner-secret';

let shop: Shop;
let platform: ServiceProcesses;
let api: Api;
let issuer: CiIssuerInTest;
let runner: HttpReceiver;
let home: string;
let commit: string;
/** What the runner answers next. */
let idToken: string;

beforeAll(async () => {
  issuer = await ciIssuer();
  runner = await httpReceiver();
  runner.answer = () => ({ status: 200, body: JSON.stringify({ value: idToken }) });
  home = mkdtempSync(join(tmpdir(), 'throughline-ci-job-'));
  shop = await Shop.open({ environment: { OUTBOUND_ALLOW: issuer.origin } });
  ({ platform, api } = shop);
  await api.call('PUT', 'ci-issuers/github', {
    ...{ kind: 'github-actions', issuer: issuer.origin, audience },
    repositories: [{ repository, repositoryId: '1001', ownerId: '7' }],
  });
  commit = new GitRepository(platform.repositories, 'shop/till').commit('Open the till', { 'README.md': '# Till\n' });
  expect((await push(shop.source, { repository: 'shop/till', after: commit })).status).toBe(202);
  writeFileSync(join(home, 'report.sarif'), report());
}, 600_000);

afterAll(async () => {
  await shop?.close();
  await issuer?.close();
  await runner?.close();
  rmSync(home, { recursive: true, force: true });
});

function report(): string {
  const location = {
    physicalLocation: { artifactLocation: { uri: 'src/run.js' }, region: { startLine: 4, snippet: { text: 'run(input)' } } },
  };
  const results = [{ ruleId: 'EX001', level: 'error', message: { text: 'run() gets what the user wrote' }, locations: [location] }];
  return JSON.stringify({ version: '2.1.0', runs: [{ results, tool: { driver: { name: 'ExampleLint', rules: [{ id: 'EX001' }] } } }] });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a step of a job that has no token of ours. */
async function step(claims: Record<string, unknown>, ...args: string[]): Promise<Ended> {
  idToken = await issuer.sign(githubClaims(commit, { aud: audience, ...claims }));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    THROUGHLINE_URL: platform.url('gateway'),
    THROUGHLINE_AUDIENCE: audience,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.origin}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: runnerSecret,
  };
  const child = spawn(process.execPath, [client, ...args], { env, cwd: home });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, stdout, stderr };
}

describe('a CI job without a token of ours', () => {
  it('sends a report about its commit, which is bound to it', async () => {
    const { code, stdout, stderr } = await step({}, 'upload', 'report.sarif', '--json');

    expect([code, stderr]).toEqual([0, expect.stringContaining(`as the CI job of git.shop.example/shop/till at ${commit.slice(0, 12)}`)]);
    const { id } = JSON.parse(stdout) as ReportAccepted;
    const sent = await eventually(async () => {
      const now = await api.get<Report>(`reports/${id}`);
      if (now.status !== 'done') throw new Error(`the report is ${now.status}`);
      return now;
    }, 120_000);
    expect(sent).toMatchObject({ assurance: 'bound', commit, ref: 'refs/heads/main', opened: 1 });
    expect(sent.uploadedBy).toContain('GitHub Actions');
    expect(runner.requests.at(-1)).toMatchObject({
      path: `/token?api-version=2.0&audience=${audience}`,
      headers: expect.objectContaining({ authorization: `Bearer ${runnerSecret}` }),
    });
  }, 300_000);

  it('asks the gate about its commit, and lists what was found', async () => {
    const asked = await step({}, 'gate', '--wait', '50', '--json');
    const answer = JSON.parse(asked.stdout) as GateAnswer;
    const listed = await step({}, 'findings', '--json');

    expect([answer.subject, asked.code]).toEqual([commit, { pass: 0, warn: 0, deny: 1, undecided: 3 }[answer.decision]]);
    expect(listed.code).toBe(0);
    expect(listed.stdout).toContain('EX001');
  }, 200_000);

  it('has its own commit scanned', async () => {
    const { code, stderr } = await step({}, 'scan', repository, '--wait', '0', '--json');

    expect(stderr).toContain(`scanning ${commit.slice(0, 12)}`);
    expect([0, 1, 3]).toContain(code);
  }, 100_000);

  it.each([
    ['a report about another repository', ['upload', 'report.sarif', '--repository', `${site}/shop/other.git`]],
    ['a report about another commit', ['upload', 'report.sarif', '--commit', 'e'.repeat(40)]],
    ['the gate about another repository', ['gate', '--repository', `${site}/shop/other.git`]],
    ['the gate about another commit', ['gate', '--commit', 'e'.repeat(40)]],
    ['a scan of another repository', ['scan', `${site}/shop/other.git`]],
    ['the findings of another repository', ['findings', '--repository', `${site}/shop/other.git`]],
  ])(
    'is refused with exit code 4 and the reason: %s',
    async (_, args) => {
      const { code, stderr } = await step({}, ...args);

      expect([code, stderr]).toEqual([4, expect.stringContaining('this CI job speaks for git.shop.example/shop/till')]);
    },
    60_000,
  );

  it.each([
    ['the build gate from pull_request_target', { event_name: 'pull_request_target' }, ['gate', '--gate', 'build'], 'pull_request_target'],
    ['any call with the token of a fork', { repository_id: '666', repository: 'eve/till' }, ['gate'], 'may not speak here'],
    ['any call with a token for others', { aud: 'another' }, ['gate'], 'another audience'],
  ])(
    'is refused with exit code 4 and the reason: %s',
    async (_, claims, args, why) => {
      const { code, stderr } = await step(claims, ...args);

      expect([code, stderr]).toEqual([4, expect.stringContaining(why)]);
    },
    60_000,
  );
});

describe('policies that demand security acceptance tests', () => {
  const junit = (...failed: string[]): string => {
    const tests = ['refuses a foreign token', 'escapes what it shows'].map(
      (name) => `<testcase classname="acceptance" name="${name}">${failed.includes(name) ? '<failure message="no"/>' : ''}</testcase>`,
    );
    return `<testsuite name="acceptance" tests="2">${tests.join('')}</testsuite>`;
  };
  /** What the two say at the build gate about the commit of the job. */
  const said = async (): Promise<string[]> => {
    const { stdout } = await step({}, 'gate', '--gate', 'build', '--wait', '50', '--json');
    const { decision, reasons } = JSON.parse(stdout) as GateAnswer;
    const ours = reasons.filter(({ policy }) => policy.startsWith('security-acceptance-'));
    if (ours.length > 0) expect(decision).toBe('deny');
    return ours.map(({ message }) => message);
  };
  async function tested(...failed: string[]): Promise<void> {
    writeFileSync(join(home, 'acceptance.xml'), junit(...failed));
    const { code, stderr } = await step({}, 'upload', 'acceptance.xml', '--tool', 'security-acceptance', '--wait', '60');
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  }

  it('block a build without them, and one whose tests have failed, with that reason', async () => {
    const page = readFileSync(resolve(fileURLToPath(import.meta.url), '../../../docs/add-a-policy.md'), 'utf8');
    for (const [, text, name] of page.matchAll(/```yaml\n(name: (security-acceptance-\w+)\n[^`]*)```/g))
      await api.call('PUT', `policies/${name!}`, text, { 'content-type': 'application/yaml', 'if-none-match': '*' });

    expect(await said()).toEqual([expect.stringMatching(/^No security acceptance tests of [0-9a-f]+ were sent by its CI job$/)]);
    await tested('escapes what it shows');
    expect(await said()).toEqual(['Security acceptance test failed: acceptance.escapes what it shows']);
  }, 300_000);

  it('do not take those of another commit, and are content with green ones of this', async () => {
    const tree = new GitRepository(platform.repositories, 'shop/till');
    commit = tree.commit('Mend the till', { 'README.md': '# Till, mended\n' });
    expect((await push(shop.source, { repository: 'shop/till', after: commit })).status).toBe(202);

    expect(await said()).toEqual([expect.stringContaining('No security acceptance tests')]);
    await tested();
    expect(await said()).toEqual([]);
  }, 300_000);
});
