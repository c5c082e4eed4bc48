import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rulesOf, ScanBench } from '../fixtures/scan-bench.ts';
import { TestRepository } from '../fixtures/test-repository.ts';
import { installedTools } from '../fixtures/test-tools.ts';
import { checkov } from '../scanners/checkov/checkov.ts';
import { detectSecrets } from '../scanners/detect-secrets/detect-secrets.ts';
import { njsscan } from '../scanners/njsscan/njsscan.ts';
import type { Scanner } from '../scanners/scanner.ts';
import { semgrep } from '../scanners/semgrep/semgrep.ts';

/*
 * The scanners that nobody gets unasked are several hundred megabytes: they are tried where TOOLS_DIR names a folder that
 * has them (`install-tools --dir FOLDER --add semgrep --add checkov --add detect-secrets`).
 */
const installed = await installedTools();
const withTool = (scanner: Scanner) => (installed.has(scanner.tool!.name) ? it : it.skip);

let bench: ScanBench;
const repositories: TestRepository[] = [];

beforeAll(async () => {
  bench = await ScanBench.open();
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
  withTool(njsscan)(
    'njsscan: comments, configuration and ignore files',
    async () => {
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
    },
    300_000,
  );

  withTool(semgrep)(
    "semgrep: the operator's own rules, whatever a comment says",
    async () => {
      const { lines } = await bench.scanWithRules(semgrep, { 'no-debug.yml': noDebug }, { 'a.py': 'debug("x")  # nosemgrep\n' });

      expect(rulesOf(lines)).toEqual(['no-debug a.py:1']);
    },
    300_000,
  );

  withTool(checkov)(
    'checkov: comments, baselines, and configuration that names code to run',
    async () => {
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
    },
    300_000,
  );

  withTool(detectSecrets)(
    'detect-secrets: comments and baselines',
    async () => {
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
    },
    300_000,
  );
});

const noDebug = `rules:
  - id: no-debug
    languages: [python]
    severity: WARNING
    message: Debug output stays out of production
    pattern: debug(...)
`;
