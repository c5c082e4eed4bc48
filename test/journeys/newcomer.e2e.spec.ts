import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@throughline/testing';
import type { Page as Answer } from '@throughline/contracts';
import type { Browser, Page } from 'playwright-core';
import { Api } from './api.ts';
import { openBrowser } from './browser.ts';
import { barriersOn, everyPage, openWhole, overhangOf, watchManners } from './page-check.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const program = join(root, 'tools/launcher/throughline.mjs');
const screenshots = process.env['SCREENSHOTS'];

let home: string;
let platform: ChildProcess;
let output = '';
let browser: Browser;
let page: Page;

beforeAll(async () => {
  home = join(mkdtempSync(join(tmpdir(), 'throughline-newcomer-')), 'home');
  start('--port', '0');
  await printed(/Ctrl-C/, 400_000);
  browser = await openBrowser();
  // What fades in has no contrast yet.
  page = await browser.newPage({ viewport: { width: 1400, height: 950 }, reducedMotion: 'reduce' });
}, 500_000);

afterAll(async () => {
  await browser?.close();
  platform?.kill('SIGKILL');
  rmSync(resolve(home, '..'), { recursive: true, force: true });
});

function start(...flags: readonly string[]): void {
  output = '';
  platform = spawn(process.execPath, [program, 'start', '--home', home, ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [platform.stdout, platform.stderr]) stream!.on('data', (chunk: Buffer) => (output += chunk.toString()));
}

async function printed(text: RegExp, withinMs: number): Promise<void> {
  await eventually(() => {
    if (platform.exitCode !== null) throw new Error(`it ended with ${platform.exitCode}:\n${output}`);
    expect(output).toMatch(text);
  }, withinMs);
}

async function ended(withinMs: number): Promise<number | null> {
  await eventually(() => expect(platform.exitCode ?? platform.signalCode).not.toBeNull(), withinMs);
  return platform.exitCode;
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly args: string;
}

/** A process and all that it started. */
function processesBelow(root: number): readonly Listed[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,uid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const all = lines.map((line): Listed => {
    const [pid, parent, uid, ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), uid: Number(uid), args: args.join(' ') };
  });
  const below = new Set([root]);
  for (let before = 0; before < below.size;) {
    before = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid }) => below.has(pid));
}

const asRoot = process.getuid?.() === 0 ? it : it.skip;

const address = (): string => /Throughline runs: (http\S+)/.exec(output)![1]!;

async function picture(name: string): Promise<void> {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

describe('a newcomer', () => {
  it('reads in the terminal how the demo push went from webhook to message', () => {
    expect(output).toMatch(/ingest\s+Add monthly reports and deploy them\s+pushed/);
    expect(output).toMatch(/policy-engine\s+Gate change: deny/);
    expect(output).toMatch(/notifier\s+.*change blocked/);
    expect(output).toMatch(/secret-added@1/);
    expect(output).toMatch(/Follow it: http\S+\/chains\/[0-9a-f]{64}/);
  });

  it('finds the first token in a file that nobody else can read', () => {
    expect(statSync(join(home, 'admin-token')).mode & 0o777).toBe(0o600);
    expect(output).not.toContain(readFileSync(join(home, 'admin-token'), 'utf8').trim());
  });

  asRoot('has nothing but the launcher run as root', () => {
    const running = processesBelow(platform.pid!);
    const others = running.filter(({ args }) => !args.includes('throughline.mjs'));
    const uidOf = (text: string): number => others.find(({ args }) => args.includes(text))!.uid;

    expect(running.length).toBeGreaterThan(others.length);
    expect(others.filter(({ uid }) => uid === 0)).toEqual([]);
    expect(new Set(['/bin/postgres ', 'kafka.Kafka', '/host.mjs'].map(uidOf)).size).toBe(3);
  });

  it('has all scanners in a sandbox', async () => {
    const token = readFileSync(join(home, 'admin-token'), 'utf8').trim();
    const scanners = await new Api(address(), token).get<Answer<{ readonly sandbox: string }>>('scanners');

    expect(new Set(scanners.items.map(({ sandbox }) => sandbox))).toEqual(new Set(['namespaces']));
  });

  it('signs in and sees the chain of the push', async () => {
    await page.goto(address());
    await page.getByLabel('Token').fill(readFileSync(join(home, 'admin-token'), 'utf8').trim());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'What to do next' }).waitFor();
    await picture('start');
    await page.getByRole('link', { name: 'Chains', exact: true }).click();
    const row = page.getByRole('row', { name: /Add monthly reports/ });
    await row.waitFor();
    expect(await row.innerText()).toContain('DENY');
    await picture('chains');

    await row.getByRole('link', { name: /Add monthly reports/ }).click();

    await page.getByText('Gate change: deny').first().waitFor();
    await page.getByTestId('chain-graph').getByText('secretlint ran').waitFor();
    await picture('chain');
  }, 60_000);

  it('goes from the chain to the decision, the finding and the edit that ends it', async () => {
    await page.getByRole('link', { name: 'Gate change: deny' }).click();
    await page.getByRole('link', { name: /^minimist: arguments/ }).click();
    await page.getByRole('heading', { level: 1, name: /^minimist: arguments/ }).waitFor();
    await page.getByText('100 × 0.98 × 0.5 × 1 × 1').waitFor();
    await picture('finding');

    await page.getByRole('link', { name: /^Raise minimist/ }).click();

    await page.getByRole('group', { name: 'Changed lines' }).getByText('"minimist": "1.2.6"').first().waitFor();
    await picture('fix');
  }, 60_000);

  it('is told that accepting a risk takes an exception, and asks for one', async () => {
    await page.getByRole('link', { name: /^minimist: arguments/ }).click();
    await page.getByLabel('What it is', { exact: true }).and(page.locator('input')).click();
    await page.getByRole('option', { name: 'Risk accepted' }).click();
    await page.getByLabel('Reason').fill('nobody calls it');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Accepting a risk is not triage').waitFor();
    expect(await barriersOn(page)).toEqual([]);

    await page.getByRole('alert').getByRole('link', { name: 'Ask for an exception' }).click();
    await page.getByRole('checkbox', { name: /^minimist: arguments/ }).waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.getByLabel('Reason').fill('nobody calls it');
    await page.getByRole('button', { name: 'Ask for it' }).click();

    await page.getByText('Waits for an approval: nothing is let through yet').waitFor();
    await page.getByText('somebody else has to approve it').or(page.getByText('approves nothing')).first().waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await picture('exception');
  }, 60_000);

  it('says the same of a whole list, sees first what that does, and takes it back', async () => {
    await page.goto(`${address()}/findings?q=minimist`);
    await page.getByRole('button', { name: /^Triage/ }).click();
    await page.getByLabel('What they are', { exact: true }).and(page.locator('input')).click();
    await page.getByRole('option', { name: 'Not affected' }).click();
    await page.getByLabel('Reason').fill('the parser is never called');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/^\d+ of \d+ would change$/).waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await picture('triage-of-a-list');

    await page.getByRole('button', { name: /^Triage \d+$/ }).click();
    await page.getByText(/were triaged/).waitFor();
    await page.locator('table').getByText('not affected').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/are as they were, 0 were changed since/).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.locator('table').getByText('not affected').first().waitFor({ state: 'detached' });
  }, 60_000);

  it('takes the alert, and its message says who looks after it', async () => {
    await page.getByRole('link', { name: 'Alerts', exact: true }).click();
    await page.getByRole('link', { name: /change blocked/ }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('button', { name: 'Give it back' }).waitFor();

    await page.goto(`${address()}/outbox`);

    await page
      .getByText(/ACKNOWLEDGED by/)
      .first()
      .waitFor();
  }, 60_000);

  it('filters findings, and the address holds the filters', async () => {
    await page.getByRole('link', { name: 'Findings', exact: true }).click();
    await page.getByRole('link', { name: 'GitHub token in the repository' }).waitFor();
    await picture('findings');

    await page.goto(`${address()}/findings?severity=critical`);
    await page.getByRole('link', { name: /minimist: arguments/ }).waitFor();

    expect(await page.getByRole('link', { name: 'GitHub token in the repository' }).count()).toBe(0);
  }, 60_000);

  it('takes what the list shows along as a file', async () => {
    await page.goto(`${address()}/findings?severity=critical`);
    await page.getByRole('button', { name: 'Export' }).click();
    const csv = page.getByRole('link', { name: /^CSV/ });
    await csv.waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await picture('export');

    const [download] = await Promise.all([page.waitForEvent('download'), csv.click()]);

    expect(download.suggestedFilename()).toMatch(/^findings-\d{8}T\d{6}Z\.csv$/);
    const [head, ...rows] = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(head).toMatch(/^id,class,severity,/);
    expect(rows.some((row) => row.includes('minimist: arguments'))).toBe(true);
    expect(rows.filter((row) => !/^[^,]+,[^,]+,critical,/.test(row))).toEqual([]);
  }, 60_000);

  it('sees the message as Slack and mail would show it', async () => {
    await page.goto(`${address()}/outbox`);
    await page.getByRole('heading', { name: /change blocked/ }).waitFor();
    expect(await page.locator('.slack').innerText()).toContain('CVE-2021-44906');
    await picture('outbox-slack');

    await page.getByRole('tab', { name: 'E-mail', exact: true }).click();

    await page.frameLocator('iframe.mail').getByText('Why it blocks').waitFor();
    await picture('outbox-mail');
  }, 60_000);

  it('lets a build system in, whose jobs then need no secret', async () => {
    await page.getByRole('link', { name: 'CI issuers' }).click();
    await page.getByRole('button', { name: 'Add an issuer' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('github');
    await page.getByLabel('Clone URL').fill('https://github.com/acme/shop.git');
    await page.getByLabel('Id of the repository').fill('123456');
    await page.getByLabel('Id of its owner').fill('7890');
    await page.getByLabel('Protected refs').fill('refs/heads/main');
    expect(await barriersOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();

    await page.getByRole('heading', { level: 1, name: 'github' }).waitFor();

    expect(await page.getByRole('table', { name: 'repositories' }).innerText()).toMatch(
      /acme\/\s*shop\.git[^]*123456[^]*7890[^]*refs\/heads\/main/,
    );
  }, 60_000);

  it('sees by whom the policies in force were signed, and that the signature holds', async () => {
    await page.goto(`${address()}/policies`);
    await page.getByRole('link', { name: 'bundles', exact: true }).click();
    await page
      .getByRole('row', { name: /in force/ })
      .getByRole('link')
      .click();

    await page.getByText('holds', { exact: true }).waitFor();

    expect(await page.getByRole('button', { name: /^Go back/ }).count()).toBe(0);
  }, 60_000);

  it.each(['light', 'dark'] as const)(
    'meets no barrier on any page in the %s theme, also on a narrow screen',
    async (colorScheme) => {
      const manners = watchManners(page, address());
      const barriers: string[] = [];
      await page.emulateMedia({ colorScheme });

      for (const path of await everyPage(page)) {
        await page.setViewportSize({ width: 1400, height: 950 });
        await openWhole(page, address() + path);
        for (const barrier of await barriersOn(page)) barriers.push(`${path} ${barrier}`);
        await picture(`${path.slice(1).replace(/\W+/g, '-')}-${colorScheme}`);
        const wider = await overhangOf(page, address() + path);
        if (wider > 0) barriers.push(`${path} is ${wider} px wider than a telephone`);
      }
      await page.setViewportSize({ width: 1400, height: 950 });

      expect(barriers).toEqual([]);
      expect(manners).toEqual([]);
    },
    600_000,
  );

  it('keeps the dark theme that was chosen', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Use the dark theme' }).click();
    await page.goto(`${address()}/system`);
    await page.getByRole('cell', { name: 'scanner-orchestrator' }).waitFor();
    await picture('system-dark');

    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  }, 60_000);

  it('asks the gate from the command line', () => {
    const commit = /Follow it: http\S+\/chains\/([0-9a-f]{64})/.exec(output)![1]!;
    const cli = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [program, ...args], {
        env: { ...process.env, THROUGHLINE_HOME: home },
        encoding: 'utf8',
        timeout: 60_000,
      });

    const findings = JSON.parse(cli('findings', '--severity', 'critical', '--json')) as {
      readonly items: readonly { readonly title: string }[];
    };

    expect(commit).toHaveLength(64);
    expect(findings.items.map((finding) => finding.title).sort()).toEqual([
      'PyYAML: loading an untrusted document with the full loader runs code',
      'minimist: arguments can write to the prototype of all objects',
    ]);
  }, 90_000);

  it('stops everything with Ctrl-C and starts again without a network', async () => {
    platform.kill('SIGINT');
    expect(await ended(60_000)).toBe(0);
    const children = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(children).not.toContain(home);

    start('--port', '0');
    await printed(/The demo is there from before[^]*Ctrl-C/, 120_000);
  }, 240_000);

  it('removes the demo with one click, and sees nothing of it any more', async () => {
    await page.goto(`${address()}/chains`);
    await page.getByRole('row', { name: /Add monthly reports/ }).waitFor();
    await page.getByRole('button', { name: 'Remove the demo' }).click();
    await page.getByRole('dialog', { name: 'Remove the demo?' }).waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await picture('demo-removal');

    await page.getByRole('button', { name: 'Remove it' }).click();

    await page.getByText('Nothing was pushed yet').waitFor();
    await page.getByRole('region', { name: 'The demo is on' }).waitFor({ state: 'detached' });
    await picture('demo-removed');
    for (const [path, empty] of [
      ['findings', 'No findings match these filters'],
      ['outbox', 'No message yet'],
    ]) {
      await page.goto(`${address()}/${path}`);
      await page.getByText(empty!).waitFor();
    }
  }, 90_000);

  it('does not get it back by itself', async () => {
    platform.kill('SIGINT');
    await ended(60_000);

    start('--port', '0');

    await printed(/npx throughline demo run[^]*Ctrl-C/, 120_000);
    expect(output).not.toContain('Add monthly reports');
  }, 240_000);

  it('removes everything with one command', async () => {
    platform.kill('SIGINT');
    await ended(60_000);

    execFileSync(process.execPath, [program, 'uninstall', '--home', home, '--yes'], { encoding: 'utf8', timeout: 60_000 });

    expect(existsSync(home)).toBe(false);
  }, 150_000);
});
