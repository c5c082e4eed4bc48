import { describe, expect, it } from '@jest/globals';
import { suppressionsOf } from './reading.ts';
import type { Covers, Suppression } from './suppression.ts';

async function read(path: string, ...lines: string[]): Promise<readonly Suppression[]> {
  const found = await suppressionsOf(path, lines.join('\n'), 'salt');
  return found.map(({ tool, line, mark, covers, unread, reason, until }) => ({
    ...{ tool, line, mark },
    ...(covers && { covers }),
    ...(unread !== undefined && { unread }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
  }));
}

const here = (path: string, line: number, more: Partial<Covers> = {}): Covers => ({ path, lines: { from: line, to: line }, ...more });

describe('what a repository asks scanners not to say', () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly Suppression[]])[] = [
    [
      'gitleaks fingerprints',
      '.gitleaksignore',
      ['# ours', 'src/a.env:github-pat:3', `${'a'.repeat(40)}:b/c.txt:aws-access-token:7 # rotated`, 'what is this'],
      [
        {
          tool: 'gitleaks',
          line: 2,
          mark: 'src/a.env:github-pat:3',
          covers: here('src/a.env', 3, { class: 'secret', rule: 'github-pat' }),
        },
        {
          ...{ tool: 'gitleaks', line: 3, mark: `${'a'.repeat(40)}:b/c.txt:aws-access-token:7`, reason: 'rotated' },
          covers: here('b/c.txt', 7, { class: 'secret', rule: 'aws-access-token' }),
        },
        { tool: 'gitleaks', line: 4, mark: 'what is this', unread: 'it is no fingerprint' },
      ],
    ],
    [
      'the allow-list of gitleaks',
      '.gitleaks.toml',
      [
        '[allowlist]',
        'description = "samples"',
        "paths = ['''^docs/sample\\.env$''', '''.*''', '''testdata/.*''']",
        "regexes = ['''hunter2''']",
      ],
      [
        {
          ...{ tool: 'gitleaks', line: 3, mark: 'allowlist.paths ^docs/sample\\.env$', reason: 'samples' },
          covers: { class: 'secret', path: 'docs/sample.env' },
        },
        { tool: 'gitleaks', line: 3, mark: 'allowlist.paths .*', unread: 'it is a pattern', reason: 'samples' },
        {
          tool: 'gitleaks',
          line: 3,
          mark: 'allowlist.paths testdata/.*',
          covers: { class: 'secret', path: 'testdata/' },
          reason: 'samples',
        },
        { tool: 'gitleaks', line: 4, mark: 'allowlist.regexes', unread: 'it is about values or commits', reason: 'samples' },
      ],
    ],
    [
      'trivy ids',
      '.trivyignore',
      ['# not reachable', 'CVE-2020-8203 exp:2030-01-31', '', 'GHSA-p6mc-m468-83gw', 'AVD-DS-0002'],
      [
        {
          ...{ tool: 'trivy', line: 2, mark: 'CVE-2020-8203', reason: 'not reachable', until: '2030-02-01T00:00:00.000Z' },
          covers: { class: 'vulnerability', cve: 'CVE-2020-8203' },
        },
        { tool: 'trivy', line: 4, mark: 'GHSA-p6mc-m468-83gw', covers: { class: 'vulnerability', advisory: 'GHSA-p6mc-m468-83gw' } },
        { tool: 'trivy', line: 5, mark: 'AVD-DS-0002', covers: { rule: 'AVD-DS-0002' } },
      ],
    ],
    [
      'trivy in YAML',
      'app/.trivyignore.yaml',
      [
        'vulnerabilities:',
        '  - id: CVE-2020-8203',
        '    purls: ["pkg:npm/lodash@4.17.11"]',
        '    expired_at: 2030-01-31',
        '    statement: no input',
        'secrets:',
        '  - id: aws-access-key-id',
        '    paths: ["docs/key.txt", "**/*.pem"]',
      ],
      [
        {
          ...{ tool: 'trivy', line: 2, mark: 'CVE-2020-8203', reason: 'no input', until: '2030-02-01T00:00:00.000Z' },
          covers: { class: 'vulnerability', cve: 'CVE-2020-8203', purl: 'pkg:npm/lodash@4.17.11' },
        },
        { tool: 'trivy', line: 7, mark: 'aws-access-key-id', covers: { rule: 'aws-access-key-id', path: 'docs/key.txt' } },
        { tool: 'trivy', line: 7, mark: 'aws-access-key-id', unread: '**/*.pem is a pattern' },
      ],
    ],
    [
      'osv-scanner',
      'osv-scanner.toml',
      [
        '[[IgnoredVulns]]',
        'id = "GO-2022-0968"',
        'ignoreUntil = 2030-01-31',
        'reason = "no ssh"',
        '[[PackageOverrides]]',
        'name = "lib"',
        'ignore = true',
      ],
      [
        {
          ...{ tool: 'osv-scanner', line: 2, mark: 'GO-2022-0968', reason: 'no ssh', until: '2030-02-01T00:00:00.000Z' },
          covers: { class: 'vulnerability', advisory: 'GO-2022-0968' },
        },
        { tool: 'osv-scanner', line: 6, mark: 'lib', unread: 'it takes a whole package out' },
      ],
    ],
    [
      'snyk',
      '.snyk',
      [
        'version: v1.25.0',
        'ignore:',
        '  SNYK-JS-LODASH-567746:',
        "    - '*':",
        '        reason: None given',
        '        expires: 2030-01-31T00:00:00.000Z',
        '  CVE-2020-8203:',
        "    - 'lodash > a':",
        '        reason: later',
        'exclude:',
        '  code:',
        '    - test/',
      ],
      [
        {
          ...{ tool: 'snyk', line: 3, mark: 'SNYK-JS-LODASH-567746', reason: 'None given', until: '2030-01-31T00:00:00.000Z' },
          covers: { rule: 'SNYK-JS-LODASH-567746' },
        },
        { tool: 'snyk', line: 7, mark: 'CVE-2020-8203 lodash > a', unread: 'it is about one way to the package', reason: 'later' },
        { tool: 'snyk', line: 12, mark: 'test/', covers: { class: 'code', path: 'test/' } },
      ],
    ],
    [
      'grype',
      '.grype.yaml',
      [
        'ignore:',
        '  - vulnerability: CVE-2020-8203',
        '    reason: not used',
        '    package: { name: lodash, type: npm }',
        '  - fix-state: unknown',
      ],
      [
        {
          ...{ tool: 'grype', line: 2, mark: 'CVE-2020-8203', reason: 'not used' },
          covers: { class: 'vulnerability', cve: 'CVE-2020-8203', purl: 'pkg:npm/lodash' },
        },
        { tool: 'grype', line: 5, mark: 'a rule without a vulnerability', unread: 'it names fix-state which no exception does' },
      ],
    ],
    [
      'npm audit',
      '.nsprc',
      [
        '{',
        '  "GHSA-p6mc-m468-83gw": { "active": true, "notes": "dev only", "expiry": "2030-01-31" },',
        '  "1500": { "active": false }',
        '}',
      ],
      [
        {
          ...{ tool: 'npm-audit', line: 2, mark: 'GHSA-p6mc-m468-83gw', reason: 'dev only', until: '2030-02-01T00:00:00.000Z' },
          covers: { class: 'vulnerability', advisory: 'GHSA-p6mc-m468-83gw' },
        },
      ],
    ],
    [
      'audit-ci',
      'audit-ci.jsonc',
      ['{', '  // what we know', '  "allowlist": ["GHSA-p6mc-m468-83gw", "GHSA-35jh-r3h4-6jhm|lodash"]', '}'],
      [
        { tool: 'npm-audit', line: 3, mark: 'GHSA-p6mc-m468-83gw', covers: { class: 'vulnerability', advisory: 'GHSA-p6mc-m468-83gw' } },
        { tool: 'npm-audit', line: 3, mark: 'GHSA-35jh-r3h4-6jhm|lodash', unread: 'it is about one way to the package' },
      ],
    ],
    [
      'the baseline of detect-secrets',
      '.secrets.baseline',
      [
        '{ "results": { "a.py": [',
        '{ "type": "Secret Keyword", "hashed_secret": "ab",',
        '"line_number": 4 },',
        '{ "line_number": 9, "is_secret": true }',
        '] } }',
      ],
      [{ tool: 'detect-secrets', line: 3, mark: 'Secret Keyword in a.py:4', covers: here('a.py', 4, { class: 'secret' }) }],
    ],
    [
      'ignored paths',
      'web/.semgrepignore',
      ['# ours', 'lib/old/', '*.min.js', 'vendor'],
      [
        { tool: 'semgrep', line: 2, mark: 'lib/old/', covers: { class: 'code', path: 'web/lib/old/' } },
        { tool: 'semgrep', line: 3, mark: '*.min.js', unread: 'it is a pattern' },
        { tool: 'semgrep', line: 4, mark: 'vendor', unread: 'it is a pattern' },
      ],
    ],
    [
      'rules that bandit skips',
      '.bandit',
      ['[bandit]', 'skips: B101, B602'],
      [
        { tool: 'bandit', line: 2, mark: 'B101', covers: { class: 'code', rule: 'B101' } },
        { tool: 'bandit', line: 2, mark: 'B602', covers: { class: 'code', rule: 'B602' } },
      ],
    ],
    [
      'rules that zizmor does not apply',
      '.github/zizmor.yml',
      ['rules:', '  artipacked:', '    disable: true', '  unpinned-uses:', '    ignore:', '      - ci.yml:12'],
      [
        { tool: 'zizmor', line: 2, mark: 'artipacked: disable', covers: { class: 'configuration', rule: 'artipacked' } },
        {
          ...{ tool: 'zizmor', line: 4, mark: 'unpinned-uses: ci.yml:12' },
          covers: here('.github/workflows/ci.yml', 12, { class: 'configuration', rule: 'unpinned-uses' }),
        },
      ],
    ],
    [
      'hadolint, checkov and actionlint',
      '.hadolint.yaml',
      ['ignored:', '  - DL3008'],
      [{ tool: 'hadolint', line: 2, mark: 'DL3008', covers: { class: 'configuration', rule: 'DL3008' } }],
    ],
    [
      'dependency-check',
      'config/owasp-suppressions.xml',
      [
        '<suppressions xmlns="https://jeremylong.github.io/DependencyCheck/dependency-suppression.1.3.xsd">',
        '<suppress until="2030-01-31Z"><notes>not used</notes><packageUrl>pkg:maven/a/b@1</packageUrl><cve>CVE-2020-8203</cve></suppress>',
        '<suppress><gav regex="true">^org\\..*$</gav><cve>CVE-2020-8204</cve></suppress>',
        '</suppressions>',
      ],
      [
        {
          ...{ tool: 'dependency-check', line: 2, mark: 'CVE-2020-8203', reason: 'not used', until: '2030-02-01T00:00:00.000Z' },
          covers: { class: 'vulnerability', cve: 'CVE-2020-8203', purl: 'pkg:maven/a/b@1' },
        },
        { tool: 'dependency-check', line: 3, mark: 'CVE-2020-8204', unread: 'it is narrowed by something that no exception names' },
      ],
    ],
    [
      'bandit',
      'a.py',
      ['x = eval(y)  # nosec', 'x = eval(y)  # nosec B307, B105 it is ours', 'text = "nosec"'],
      [
        { tool: 'bandit', line: 1, mark: '# nosec', covers: here('a.py', 1, { class: 'code' }) },
        { tool: 'bandit', line: 2, mark: '# nosec B307, B105', covers: here('a.py', 2, { class: 'code', rule: 'B307' }) },
        { tool: 'bandit', line: 2, mark: '# nosec B307, B105', covers: here('a.py', 2, { class: 'code', rule: 'B105' }) },
      ],
    ],
    [
      'semgrep and njsscan',
      'a.js',
      ['// nosemgrep', 'eval(q) // nosemgrep: no-eval', 'eval(q); // njsscan-ignore: eval_nodejs'],
      [
        { tool: 'semgrep', line: 1, mark: 'nosemgrep', covers: here('a.js', 2, { class: 'code' }) },
        { tool: 'semgrep', line: 2, mark: 'nosemgrep: no-eval', covers: here('a.js', 2, { class: 'code', rule: 'no-eval' }) },
        { tool: 'njsscan', line: 3, mark: 'njsscan-ignore: eval_nodejs', covers: here('a.js', 3, { class: 'code', rule: 'eval_nodejs' }) },
      ],
    ],
    [
      'checkov',
      'main.tf',
      ['resource "aws_s3_bucket" "b" {', '  #checkov:skip=CKV_AWS_20:public on purpose', '}'],
      [
        {
          ...{ tool: 'checkov', line: 2, mark: 'checkov:skip=CKV_AWS_20:public on purpose', reason: 'public on purpose' },
          covers: { class: 'configuration', rule: 'CKV_AWS_20', path: 'main.tf', lines: { from: 1, to: 2, last: true } },
        },
      ],
    ],
    [
      'secrets in a file of any kind',
      'a.env',
      ['A=1 # gitleaks:allow', 'B=2 # pragma: allowlist secret', '# secretlint-disable', 'C=3', '# secretlint-enable', 'D=4'],
      [
        { tool: 'gitleaks', line: 1, mark: 'gitleaks:allow', covers: here('a.env', 1, { class: 'secret' }) },
        { tool: 'detect-secrets', line: 2, mark: 'pragma: allowlist secret', covers: here('a.env', 2, { class: 'secret' }) },
        { tool: 'secretlint', line: 3, mark: 'secretlint-disable', covers: { class: 'secret', path: 'a.env', lines: { from: 3, to: 5 } } },
      ],
    ],
    [
      'zizmor',
      '.github/workflows/ci.yml',
      ['- uses: a/b@main # zizmor: ignore[unpinned-uses] ours'],
      [
        {
          ...{ tool: 'zizmor', line: 1, mark: '# zizmor: ignore[unpinned-uses] ours', reason: 'ours' },
          covers: here('.github/workflows/ci.yml', 1, { class: 'configuration', rule: 'unpinned-uses' }),
        },
      ],
    ],
    [
      'hadolint in a Dockerfile',
      'Dockerfile',
      ['# hadolint global ignore=DL3003', '# hadolint ignore=DL3008,DL3009', 'RUN apt-get install x'],
      [
        {
          tool: 'hadolint',
          line: 1,
          mark: '# hadolint global ignore=DL3003',
          covers: { class: 'configuration', rule: 'DL3003', path: 'Dockerfile' },
        },
        {
          tool: 'hadolint',
          line: 2,
          mark: '# hadolint ignore=DL3008,DL3009',
          covers: here('Dockerfile', 3, { class: 'configuration', rule: 'DL3008' }),
        },
        {
          tool: 'hadolint',
          line: 2,
          mark: '# hadolint ignore=DL3008,DL3009',
          covers: here('Dockerfile', 3, { class: 'configuration', rule: 'DL3009' }),
        },
      ],
    ],
  ];

  it.each(cases)('reads %s', async (_, path, lines, expected) => {
    expect(await read(path, ...lines)).toEqual(expected);
  });

  it('tells of a file that it cannot read, and repeats nothing of it', async () => {
    const found = [
      await read('.gitleaks.toml', 'hunter2 = = ='),
      await read('.secrets.baseline', 'hunter2'),
      await read('.snyk', 'a: [hunter2'),
    ].flat();

    expect(found.map(({ unread }) => unread)).toEqual(Array(3).fill('the file cannot be read'));
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('never repeats the code beside a comment', async () => {
    expect(JSON.stringify(await suppressionsOf('a.py', 'password = "hunter2"  # nosec', 'salt'))).not.toContain('hunter2');
  });

  it('knows a line again that moved, and tells equal lines apart', async () => {
    const [first, second] = await suppressionsOf('a.py', 'eval(x)  # nosec\neval(x)  # nosec', 'salt');
    const [moved] = await suppressionsOf('a.py', '\n\n  eval(x)  # nosec', 'salt');

    expect(moved!.key).toBe(first!.key);
    expect(second!.key).not.toBe(first!.key);
  });

  it('reads a hostile file within bounds', async () => {
    const found = await suppressionsOf('a.py', `${'# nosec\n'.repeat(50_000)}${'#'.repeat(900_000)}nosec`, 'salt');

    expect(found).toHaveLength(500);
  });
});
