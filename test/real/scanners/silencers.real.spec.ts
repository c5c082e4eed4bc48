import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rulesOf, ScanBench } from '../../../apps/scanner-orchestrator/src/fixtures/scan-bench.ts';
import { TestRepository } from '../../../apps/scanner-orchestrator/src/fixtures/test-repository.ts';
import { actionlint } from '../../../apps/scanner-orchestrator/src/scanners/actionlint/actionlint.ts';
import { checkov } from '../../../apps/scanner-orchestrator/src/scanners/checkov/checkov.ts';
import { detectSecrets } from '../../../apps/scanner-orchestrator/src/scanners/detect-secrets/detect-secrets.ts';
import { gitleaks } from '../../../apps/scanner-orchestrator/src/scanners/gitleaks/gitleaks.ts';
import { njsscan } from '../../../apps/scanner-orchestrator/src/scanners/njsscan/njsscan.ts';
import type { Scanner } from '../../../apps/scanner-orchestrator/src/scanners/scanner.ts';
import { semgrep } from '../../../apps/scanner-orchestrator/src/scanners/semgrep/semgrep.ts';
import { FindingKey } from '../../../apps/scanner-orchestrator/src/runner/finding-key.ts';

let bench: ScanBench;
const repositories: TestRepository[] = [];

beforeAll(async () => {
  bench = await ScanBench.open(process.env['REAL_PART']);
}, 300_000);

afterAll(async () => {
  await bench.close();
  for (const repository of repositories) repository.remove();
});

async function scan(scanner: Scanner, files: Readonly<Record<string, string>>) {
  const repository = new TestRepository();
  repositories.push(repository);
  return bench.scan(scanner, repository, repository.commit(files));
}

describe('what a repository cannot silence', () => {
  it('njsscan: comments, configuration and ignore files', async () => {
    const { lines } = await scan(njsscan, {
      '.njsscan': '- rules:\n    - eval_nodejs\n',
      '.semgrepignore': '*\n',
      '.gitignore': '*.js\n',
      'src/a.js':
        "const app = require('express')();\n// nosemgrep\napp.get('/x', (q, r) => eval(q.query.code)); // njsscan-ignore: eval_nodejs\n",
      'node_modules/x/b.js': "const app = require('express')();\napp.get('/x', (q, r) => eval(q.query.code));\n",
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'eval_nodejs src/a.js:3',
        'eval_nodejs node_modules/x/b.js:2',
        'scanner-configuration-not-honoured .njsscan:',
        'scanner-configuration-not-honoured .semgrepignore:',
      ]),
    );
  }, 300_000);

  it("semgrep: the operator's own rules, whatever a comment says", async () => {
    const { lines } = await bench.scanWithRules(semgrep, { 'no-debug.yml': noDebug }, { 'a.py': 'debug("x")  # nosemgrep\n' });

    expect(rulesOf(lines)).toEqual(['no-debug a.py:1']);
  }, 300_000);

  it('checkov: comments, baselines, and configuration that names code to run', async () => {
    const { lines } = await scan(checkov, {
      '.checkov.yaml': 'skip-check: [CKV_AWS_24]\nexternal-checks-dir: [/tree/checks]\n',
      '.checkov.baseline': '{"failed_checks": []}',
      'checks/__init__.py': '',
      'checks/canary.py': "open('/tmp/canary', 'w')\nraise SystemExit(0)\n",
      'infra/main.tf':
        'resource "aws_security_group" "open" {\n  #checkov:skip=CKV_AWS_24:no\n  ingress {\n    from_port   = 22\n    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
      '.hidden/Dockerfile': 'FROM debian\n',
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'CKV_AWS_24 infra/main.tf:1',
        'CKV_DOCKER_2 .hidden/Dockerfile:1',
        'scanner-configuration-not-honoured .checkov.yaml:',
        'scanner-configuration-not-honoured .checkov.baseline:',
      ]),
    );
  }, 300_000);

  it('detect-secrets: comments and baselines', async () => {
    const password = ['s3cr3t', 'hunter2', 'PLANTED'].join('-');
    const { lines } = await scan(detectSecrets, {
      '.secrets.baseline': '{"results": {}}',
      'app.py': `password = "${password}"  # pragma: allowlist secret\n`,
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining(['Secret Keyword app.py:1', 'scanner-configuration-not-honoured .secrets.baseline:']),
    );
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(JSON.stringify(lines)).toContain('"hmac"');
  }, 300_000);

  it('gitleaks: configuration that allows all, lists of exceptions, and comments; the value is known again and shown nowhere', async () => {
    const token = `ghp_${'wWPw5k4aXcaT4fNP'}0UcnZwJUVFk6LO0pINUx`;
    const key = `AKIA${'Z3MSPWQ6TGF4ZX7A'}`;
    const { lines } = await scan(gitleaks, {
      '.gitleaks.toml': '[extend]\nuseDefault = true\n[[allowlists]]\nregexes = [".*"]\npaths = [".*"]\n',
      'gitleaks.toml': '[allowlist]\npaths = [".*"]\n',
      '.gitleaksignore': 'a.env:github-pat:1\nsub/b.txt:github-pat:4\nsub/b.txt:aws-access-token:3\n',
      'a.env': `TOKEN=${token} # gitleaks:allow\n`,
      'sub/b.txt': `one\n\n  é ${key} # gitleaks:allow\nx = "${token}";\n`,
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'github-pat a.env:1',
        'github-pat sub/b.txt:4',
        'aws-access-token sub/b.txt:3',
        'scanner-configuration-not-honoured .gitleaks.toml:',
        'scanner-configuration-not-honoured .gitleaksignore:',
      ]),
    );
    const digests = lines.flatMap((line) =>
      line.kind === 'finding' && line.finding.secret ? [[line.finding.rule, line.finding.secret]] : [],
    );
    const tokens = digests.filter(([rule]) => rule === 'github-pat').map(([, secret]) => secret);
    expect(tokens).toEqual([digestOf(token), digestOf(token)].map((hmac) => expect.objectContaining({ hmac })));
    expect(digests).toContainEqual(['aws-access-token', expect.objectContaining({ hmac: digestOf(key) })]);
    expect(JSON.stringify(lines)).not.toMatch(/wWPw5k4aXcaT4fNP|Z3MSPWQ6TGF4ZX7A/);
  }, 300_000);

  it('actionlint: configuration that ignores all, and comments; a password is repeated nowhere', async () => {
    const { lines } = await scan(actionlint, {
      '.github/actionlint.yaml': 'paths:\n  "**":\n    ignore: [".*"]\n',
      '.github/workflows/ci.yml':
        'on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container:\n      image: x\n      credentials: {username: u, password: hunter2-PLANTED}\n    steps:\n      - run: echo ${{ github.event.issue.title }} # actionlint: ignore\n',
      '.gitea/workflows/broken.yml': 'a: [',
    });

    expect(rulesOf(lines)).toEqual(
      expect.arrayContaining([
        'untrusted-input .github/workflows/ci.yml:9',
        'credentials .github/workflows/ci.yml:7',
        'syntax-check .gitea/workflows/broken.yml:1',
        'scanner-configuration-not-honoured .github/actionlint.yaml:',
      ]),
    );
  }, 300_000);
});

/** As the bench knows a secret again. */
function digestOf(secret: string): string {
  return new FindingKey(Buffer.alloc(32, 7)).digest(secret).hmac;
}

const noDebug = `rules:
  - id: no-debug
    languages: [python]
    severity: WARNING
    message: Debug output stays out of production
    pattern: debug(...)
`;
