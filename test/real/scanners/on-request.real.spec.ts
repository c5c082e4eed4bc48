import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindingAnswer, GateAnswer, Page, Scan } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { push, site } from '../../journeys/api.ts';
import { GitRepository } from '../../journeys/git-repository.ts';
import { put } from '../../journeys/service-processes.ts';
import { Shop, vulnerableLock } from '../../journeys/shop.ts';

const name = 'shop/warehouse';
const repository = `${site}/${name}`;
const patienceMs = 300_000;
const removed = `ghp_${'wWPw5k4aXcaT4fNP'}0UcnZwJUVFk6LO0pINUx`;
const present = `AKIA${'Z3MSPWQ6TGF4ZX7A'}`;
const password = ['s3cr3t', 'hunter2', 'PLANTED'].join('-');

/** Where each scanner must find something in the pushed commit, whatever the commit says to it. */
const planted = {
  njsscan: 'src/server.js:3',
  semgrep: 'tools/report.py:1',
  checkov: 'infra/main.tf:1',
  'detect-secrets': 'src/settings.py:1',
  gitleaks: 'conf/keys.txt:1',
  actionlint: '.github/workflows/ci.yml:7',
  'gitleaks-history': 'conf/old.env:1',
};

const noDebug = `rules:
  - id: no-debug
    languages: [python]
    severity: WARNING
    message: Debug output stays out of production
    pattern: debug(...)
`;

/** Configuration that would allow all, and a comment at each planted line. */
const hostile = {
  '.njsscan': '- rules:\n    - eval_nodejs\n',
  '.semgrepignore': '*\n',
  '.checkov.yaml': 'skip-check: [CKV_AWS_24]\n',
  '.secrets.baseline': '{"results": {}}',
  '.gitleaks.toml': '[allowlist]\npaths = [".*"]\n',
  '.github/actionlint.yaml': 'paths:\n  "**":\n    ignore: [".*"]\n',
  'src/server.js':
    "const app = require('express')();\n// nosemgrep\napp.get('/x', (q, r) => eval(q.query.code)); // njsscan-ignore: eval_nodejs\n",
  'tools/report.py': 'debug("x")  # nosemgrep\n',
  'infra/main.tf':
    'resource "aws_security_group" "open" {\n  #checkov:skip=CKV_AWS_24:no\n  ingress {\n    from_port   = 22\n    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
  'src/settings.py': `password = "${password}"  # pragma: allowlist secret\n`,
  'conf/keys.txt': `${present} # gitleaks:allow\n`,
  'conf/old.env': 'TOKEN=\n',
  '.github/workflows/ci.yml':
    'on: issues\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }} # actionlint: ignore\n',
};

/** A repository of a thousand files, as one that somebody works with. */
const thousand = Object.fromEntries(
  Array.from({ length: 1_000 }, (_, index) => {
    const folder = `src/module-${index % 40}`;
    const code = `'use strict';\nconst next = require('./part-${index + 40}.js');\nmodule.exports = (order) => next(order.lines.map((line) => line.price * ${index}));\n`;
    return [`${folder}/part-${index}.js`, code] as const;
  }),
);

const rules = mkdtempSync(join(tmpdir(), 'throughline-rules-'));
let shop: Shop;
let commit: string;

beforeAll(async () => {
  put(rules, 'semgrep/no-debug.yml', noDebug);
  shop = await Shop.open({ toolsDir: process.env['REAL_PART']!, environment: { RULES_DIR: rules } });
  const git = new GitRepository(shop.platform.repositories, name);
  const before = git.commit('Open the warehouse', { ...vulnerableLock, ...thousand, 'conf/old.env': `TOKEN=${removed}\n` });
  commit = git.commit('Take stock', hostile);
  expect((await push(shop.source, { repository: name, before, after: commit })).status).toBe(202);
}, 600_000);

afterAll(async () => {
  await shop?.close();
  rmSync(rules, { recursive: true });
}, 120_000);

const scans = async (): Promise<readonly Scan[]> =>
  (await shop.api.get<Page<Scan>>(`scans?${new URLSearchParams({ repository, commit, limit: '100' }).toString()}`)).items;

async function findingsOf(tool: string): Promise<readonly FindingAnswer[]> {
  return (await shop.api.get<Page<FindingAnswer>>(`findings?${new URLSearchParams({ repository, tool, limit: '200' }).toString()}`)).items;
}

describe('a push of a thousand files while the scanners on request are there', () => {
  it(
    'is scanned by each of them, the history too',
    async () => {
      const states = await eventually(async () => {
        const now = Object.fromEntries((await scans()).map(({ tool, status }) => [tool, status]));
        expect(now).toHaveProperty('gitleaks-history');
        for (const open of ['planned', 'received']) expect(Object.values(now)).not.toContain(open);
        return now;
      }, patienceMs);

      expect(states).toMatchObject(Object.fromEntries(Object.keys(planted).map((tool) => [tool, 'evaluated'])));
      expect(Object.values(states)).not.toContain('failed');
    },
    2 * patienceMs,
  );

  it.each(Object.entries(planted))('%s: nothing in the repository silences it', async (tool, place) => {
    const found = (await findingsOf(tool)).map(({ location }) => `${location?.path}:${location?.line}`);

    expect(found).toContain(place);
  });

  it('is denied by the gate, with the secret that it adds', async () => {
    const gate = await shop.api.call<GateAnswer>('POST', 'gate', { gate: 'change', subject: { repository, commit }, wait: 50 });

    expect(gate.decision).toBe('deny');
    const added = gate.reasons.find(({ policy }) => policy === 'secret-added');
    expect(added!.findings.map(({ place }) => place)).toContain('conf/keys.txt:1');
  }, 60_000);

  it('shows no secret in any finding', async () => {
    const all = JSON.stringify(
      await shop.api.get<Page<FindingAnswer>>(`findings?${new URLSearchParams({ repository, limit: '200' }).toString()}`),
    );

    for (const secret of [removed, present, password]) expect(all).not.toContain(secret.slice(6));
  });
});
