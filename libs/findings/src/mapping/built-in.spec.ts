import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { RawFinding } from '../raw.ts';
import { readReport } from '../readers/read-report.ts';
import { mapped } from './built-in.ts';

const readers = new URL('../readers/', import.meta.url);

async function linesOf(name: string, report: string | Buffer): Promise<object[]> {
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from(report);
  };
  const lines: object[] = [];
  for await (const line of readReport(mapped(name), open)) lines.push(line);
  return lines;
}

async function findingsOf(name: string): Promise<RawFinding[]> {
  const fixtures = new URL(`${name}/fixtures/`, readers);
  const file = readdirSync(fixtures).find((entry) => entry.startsWith('findings.'))!;
  const lines = await linesOf(name, readFileSync(new URL(file, fixtures)));
  return lines.flatMap((line) => ('finding' in line ? [line.finding as RawFinding] : []));
}

const horse = 'correct-horse-battery-staple';

describe('formats that are mapped', () => {
  it('reads all generations of TruffleHog, base64 or not, and rates what was tried', async () => {
    expect(await findingsOf('trufflehog')).toMatchObject([
      { class: 'secret', rule: 'PrivateKey', severity: 'critical', path: 'config/app.env', line: 7, secret: horse },
      { rule: 'URI', severity: 'high', path: 'deploy/values.yaml', secret: horse },
      { rule: 'Generic Secret', severity: 'high', path: 'keys.py', secret: horse },
    ]);
  });

  it('tells the kind of a result of GitLab by its place', async () => {
    expect(await findingsOf('gitlab')).toMatchObject([
      {
        class: 'code',
        rule: 'XSS_SERVLET',
        path: 'src/Lesson.java',
        line: 96,
        endLine: 97,
        cwe: [79],
        fingerprints: { tool: expect.any(String) },
      },
      { class: 'secret', rule: 'AWS', path: 'README.md', line: 5, secret: horse },
      { class: 'vulnerability', path: 'go.sum', vulnerability: { name: 'gopkg.in/yaml.v2', ids: ['CVE-2026-1003'] } },
      { class: 'code', rule: '10020', resource: 'GET https://shop.example/search', severity: 'low' },
    ]);
  });

  it('knows the packages of an image by the system that GitLab names', async () => {
    const location = { dependency: { package: { name: 'glibc' }, version: '2.24-11' }, operating_system: 'debian:9', image: 'shop:1' };
    const identifiers = [{ type: 'cve', name: 'CVE-2026-1010', value: 'CVE-2026-1010' }];
    const report = {
      version: '14.0.0',
      vulnerabilities: [{ category: 'container_scanning', message: 'glibc', severity: 'High', location, identifiers }],
    };

    expect(await linesOf('gitlab', JSON.stringify(report))).toMatchObject([
      { finding: { class: 'vulnerability', rule: 'CVE-2026-1010', vulnerability: { purl: 'pkg:deb/glibc@2.24-11' } } },
    ]);
  });

  it('does not take a failed scan of GitLab for one that found nothing', async () => {
    const report = { version: '15.0.7', vulnerabilities: [], scan: { type: 'sast', status: 'failure' } };

    expect(await linesOf('gitlab', JSON.stringify(report))).toEqual([{ unread: {} }]);
  });

  it('reads alerts of code scanning and of Dependabot, and leaves out what is fixed', async () => {
    const fixed = [{ state: 'fixed', rule: { id: 'a' }, most_recent_instance: {} }];

    expect(await findingsOf('github-vulnerability')).toMatchObject([
      { class: 'code', rule: 'py/path-injection', severity: 'high', path: 'app/files.py', line: 78, cwe: [22] },
      { class: 'vulnerability', path: 'requirements.txt', vulnerability: { purl: 'pkg:pypi/django', fixedIn: '2.0.2', cvss: 7.5 } },
    ]);
    expect(await linesOf('github-vulnerability', JSON.stringify(fixed))).toEqual([]);
  });

  it('keeps what addresses ask for out of the places of Nuclei', async () => {
    expect((await findingsOf('nuclei')).map(({ rule, resource }) => [rule, resource])).toEqual([
      ['prometheus-metrics', 'https://shop.example/metrics'],
      ['http-missing-security-headers:x-frame-options', 'https://shop.example'],
      ['openssh5.3-detect', 'shop.example:22'],
    ]);
  });

  it('reads a finding for each file of a query of KICS', async () => {
    expect((await findingsOf('kics')).map(({ path, line, severity }) => [path, line, severity])).toEqual([
      ['deploy/pod.yaml', 23, 'high'],
      ['deploy/job.yaml', 4, 'high'],
      ['Dockerfile', 1, 'info'],
    ]);
  });

  it('finds the file of an issue of SonarQube behind the key of its project', async () => {
    expect(await findingsOf('sonarqube')).toMatchObject([
      { rule: 'javascript:S2068', severity: 'critical', path: 'src/login.js', line: 12, column: 5, fingerprints: { tool: 'AYx1' } },
      { rule: 'javascript:S1481', severity: 'low', path: 'src/cart.js', line: 3 },
    ]);
  });

  it('takes the names of components of JFrog apart', async () => {
    const packages = (findings: readonly RawFinding[]): unknown[] =>
      findings.map(({ vulnerability: of }) => [of?.purl, of?.ids[0], of?.fixedIn]);

    expect(packages(await findingsOf('jfrog-xray'))).toEqual([
      ['pkg:npm/%40shop/example@1.2.3', 'CVE-2026-1008', '1.2.4'],
      ['pkg:maven/org.example/core@2.0', 'XRAY-1002', undefined],
    ]);
    expect(packages(await findingsOf('jfrog-scan'))).toEqual([
      ['pkg:npm/example@1.0.0', 'CVE-2026-1009', '1.0.1'],
      ['pkg:maven/org.example/core@2.0', 'CVE-2026-1009', undefined],
    ]);
  });

  it('reads a row of Nessus as the advisory it tests for, or the plugin, at a port of a host', async () => {
    const findings = await findingsOf('nessus-csv');

    expect(findings).toMatchObject([
      { rule: 'nessus-10107', severity: 'info', resource: '192.0.2.7:443/tcp' },
      { rule: 'CVE-2014-3566', severity: 'high', help: 'https://nvd.example/a' },
    ]);
    expect(JSON.stringify(findings)).not.toContain(horse);
  });

  it('takes None of Anchore for nothing', async () => {
    const [apt, lodash] = await findingsOf('anchore-engine');

    expect(apt).toMatchObject({ severity: 'info', vulnerability: { purl: 'pkg:deb/apt@1.0.9.8.1' } });
    expect(apt).not.toHaveProperty('path');
    expect(apt?.vulnerability).not.toHaveProperty('fixedIn');
    expect(lodash).toMatchObject({ severity: 'critical', vulnerability: { purl: 'pkg:npm/lodash@4.17.4', fixedIn: '4.17.21', cvss: 9.1 } });
  });

  it('does not take a file that Checkstyle could not check for a clean one', async () => {
    const exception = '<exception><![CDATA[CheckstyleException: cannot be parsed]]></exception>';
    const error = '<error line="3" severity="error" message="Missing." source="com.example.JavadocCheck"/>';
    const report = (within: string, beside = ''): string =>
      `<checkstyle version="10.12.1"><file name="src/A.java">${within}</file>${beside}</checkstyle>`;

    expect(await linesOf('checkstyle', report(''))).toEqual([]);
    expect(await linesOf('checkstyle', report(exception))).toEqual([{ unread: {} }]);
    expect(await linesOf('checkstyle', report('', exception))).toEqual([{ unread: {} }]);
    expect(await linesOf('checkstyle', report(error + exception))).toMatchObject([{ unread: {} }, { finding: { rule: 'JavadocCheck' } }]);
  });
});
