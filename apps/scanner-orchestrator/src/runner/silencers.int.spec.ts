import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rulesOf, ScanBench } from '../fixtures/scan-bench.ts';
import { TestRepository } from '../fixtures/test-repository.ts';
import { bandit } from '../scanners/bandit/bandit.ts';
import { hadolint } from '../scanners/hadolint/hadolint.ts';
import { manifests } from '../scanners/manifests/manifests.ts';
import type { ProgramScanner, Scanner } from '../scanners/scanner.ts';
import { secretlint } from '../scanners/secretlint/secretlint.ts';
import { zizmor } from '../scanners/zizmor/zizmor.ts';

jest.setTimeout(120_000);

const token = `ghp_${'wWPw5k4aXcaT4fNP'}0UcnZwJUVFk6LO0pINUx`;
const password = 'hunter2-PLANTED-SECRET';

let bench: ScanBench;
const repositories: TestRepository[] = [];

beforeAll(async () => {
  bench = await ScanBench.open();
}, 300_000);

afterAll(async () => {
  await bench?.close();
  for (const repository of repositories) repository.remove();
});

async function scan(scanner: Scanner, files: Record<string, string>) {
  const repository = new TestRepository();
  repositories.push(repository);
  return bench.scan(scanner, repository, repository.commit(files));
}

describe('a change cannot silence its own scanners', () => {
  it('secretlint: comments, ignore files and configuration in the tree; its code is not run', async () => {
    const ran = join(bench.dir, 'secretlint-ran');
    const { lines } = await scan(secretlint, {
      '.secretlintrc.js': `require('fs').writeFileSync(${JSON.stringify(ran)}, ''); module.exports = { rules: [] };`,
      '.secretlintrc.json': '{"rules":[]}',
      '.secretlintignore': '**/*',
      '.gitignore': '*',
      'a.env': `# secretlint-disable\nTOKEN=${token}\n`,
      'b.env': `TOKEN=${token} # secretlint-disable-line\n`,
      'node_modules/c/c.env': `TOKEN=${token}\n`,
      'd.png': `TOKEN=${token}\n`,
      'e.txt': `\uFEFFTOKEN=${token}\n`,
    });

    const secrets = rulesOf(lines).filter((line) => line.startsWith('github/GITHUB_TOKEN'));
    expect(secrets.map((line) => line.split(' ')[1]).sort()).toEqual([
      'a.env:2',
      'b.env:1',
      'd.png:1',
      'e.txt:1',
      'node_modules/c/c.env:1',
    ]);
    expect(rulesOf(lines)).toContain('scanner-configuration-not-honoured .secretlintignore:');
    expect(existsSync(ran)).toBe(false);
    expect(JSON.stringify(lines)).not.toContain(token.slice(4));
  });

  it('bandit: nosec, .bandit, folders it passes over; a password is repeated nowhere', async () => {
    const code = `import subprocess\npassword = '${password}'  # nosec\nsubprocess.call("ls " + password, shell=True)  # nosec B602\n`;
    const { lines } = await scan(bandit, {
      '.bandit': '[bandit]\nskips: B602,B105,B404\nexclude: /src\n',
      'setup.cfg': '[bandit]\nskips: B602\n',
      'pyproject.toml': '[tool.bandit]\nskips = ["B602"]\nexclude_dirs = ["src"]\n',
      'src/app.py': code,
      '.tox/hidden.py': code,
      'usercustomize.py': 'raise SystemExit(0)\n',
      'bandit/__init__.py': 'raise SystemExit(0)\n',
      'other.py': `connect("${password}")\n`,
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'B602 src/app.py:3',
        'B105 src/app.py:2',
        'B602 .tox/hidden.py:3',
        'scanner-configuration-not-honoured .bandit:',
      ]),
    );
    expect(JSON.stringify(lines)).not.toContain('PLANTED');
  });

  it('zizmor: comments, configuration, and .gitignore', async () => {
    const configuration = 'rules: {unpinned-uses: {disable: true}, template-injection: {disable: true}}\n';
    const { lines } = await scan(zizmor, {
      '.gitignore': '.github\n',
      'zizmor.yml': configuration,
      '.github/zizmor.yml': configuration,
      '.github/workflows/broken.yml': 'a: [',
      '.gitea/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: some/action@v1 # zizmor: ignore[unpinned-uses]\n',
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: some/action@v1 # zizmor: ignore[unpinned-uses]\n      - run: echo ${{ github.event.issue.title }} # zizmor: ignore[template-injection]\n',
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'unpinned-uses .github/workflows/ci.yml:6',
        'template-injection .github/workflows/ci.yml:7',
        'unpinned-uses .gitea/workflows/ci.yml:6',
        'file-not-read .github/workflows/broken.yml:',
        'scanner-configuration-not-honoured zizmor.yml:',
        'scanner-configuration-not-honoured .github/zizmor.yml:',
      ]),
    );
  });

  it('hadolint: comments and configuration, also in a folder whose name looks like an option', async () => {
    const file = '# hadolint global ignore=DL3006,DL3002\nFROM debian\n# hadolint ignore=DL3002\nUSER root\n';
    const { lines } = await scan(hadolint, {
      '.hadolint.yaml': 'ignored: [DL3006, DL3002]\n',
      '.hadolint.yml': 'ignored: [DL3006, DL3002]\n',
      Dockerfile: file,
      '--config=x/Dockerfile': file,
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'DL3006 Dockerfile:2',
        'DL3002 Dockerfile:4',
        'DL3006 --config=x/Dockerfile:2',
        'scanner-configuration-not-honoured .hadolint.yaml:',
        'scanner-configuration-not-honoured .hadolint.yml:',
      ]),
    );
  });
});

describe('a run that proves nothing is no result', () => {
  const fake = (command: readonly string[]): ProgramScanner => ({ ...hadolint, command: () => command });

  it.each<[string, ProgramScanner, RegExp]>([
    ['says that all is clean, and looked at nothing', fake(['/usr/bin/printf', '[]']), /did not find the canary \(DL3006\)/],
    ['ends with an error', fake(['/usr/bin/false']), /hadolint: it ended with 1/],
    ['is not there', fake(['/tools/tool/bin/nothing']), /hadolint: it ended with 1(?:26|27)/],
    ['writes something else', fake(['/usr/bin/printf', '<html>']), /the report is not JSON/],
    ['writes the report of another tool', fake(['/usr/bin/printf', '{"results":[]}']), /no report of hadolint/],
    ['ends in the middle', fake(['/usr/bin/printf', '[{"code":"DL3006"']), /ends in the middle/],
  ])('when it %s', async (_, scanner, reason) => {
    await expect(scan(scanner, { Dockerfile: 'FROM debian\n' })).rejects.toMatchObject({
      code: 'scan_refused',
      message: expect.stringMatching(reason),
    });
  });

  it('keeps no place outside the tree', async () => {
    const at = (file: string): string => JSON.stringify({ code: 'X', level: 'error', line: 1, message: 'm', file });
    const scanner = fake([
      '/usr/bin/sh',
      '-c',
      `printf '[%s,%s,' '${at('../../../etc/passwd')}' '${at('/etc/passwd')}'; for f in /tree/canary-*/Dockerfile; do printf '{"code":"DL3006","level":"error","line":1,"message":"m","file":"%s"}]' "$f"; done`,
    ]);

    const { lines } = await scan(scanner, { Dockerfile: 'FROM debian\n' });

    expect(rulesOf(lines)).toEqual(['X :', 'X :']);
  });
});

describe('our own scans', () => {
  it('quote the line of a workload in a file of several documents', async () => {
    const { lines, result } = await scan(manifests, {
      'deploy.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostNetwork: true\n  containers: []\n',
    });

    expect(result).toMatchObject({ findings: 1, components: 0, sandbox: 'namespaces' });
    expect(lines).toEqual([
      {
        kind: 'finding',
        finding: expect.objectContaining({
          rule: 'host-namespace',
          resource: 'Pod/default/p',
          location: { path: 'deploy.yaml', line: 5, snippet: 'hostNetwork: true' },
        }),
      },
    ]);
  });
});
