import { createReadStream } from 'node:fs';
import { expect, it } from '@jest/globals';
import { headBytes, readReport, recogniseReport, type RawFinding } from '@throughline/findings';
import { corpusFolder, corpusJson, corpusText, describeCorpus } from './corpora.ts';

interface Known {
  readonly rawCount?: number;
  readonly expectedCount?: number;
  readonly bytes: number;
  readonly expectError?: string;
  readonly findings?: readonly {
    readonly active?: boolean;
    readonly line?: number;
    readonly file_path?: string;
    readonly vuln_id_from_tool?: string;
    readonly component_name?: string;
    readonly component_version?: string;
    readonly vulnerability_ids?: readonly string[];
    /** How many results DefectDojo took for this one. */
    readonly nb_occurences?: number;
    readonly severity?: string;
  }[];
}

/** Folders of the corpus, and the format that their reports have here. */
const formats: Readonly<Record<string, string>> = {
  checkov: 'checkov',
  detect_secrets: 'detect-secrets',
  sarif: 'sarif',
  gitleaks: 'gitleaks',
  trivy: 'trivy',
  anchore_grype: 'grype',
  npm_audit: 'npm-audit',
  npm_audit_7_plus: 'npm-audit',
  pip_audit: 'pip-audit',
  semgrep: 'semgrep',
  osv_scanner: 'osv-scanner',
  bandit: 'bandit',
  hadolint: 'hadolint',
  snyk: 'snyk',
  govulncheck: 'govulncheck',
  kubescape: 'kubescape',
  trivy_operator: 'trivy-operator',
  yarn_audit: 'yarn-audit',
  zap: 'zap',
  dependency_check: 'dependency-check',
  openvex: 'openvex',
  cyclonedx: 'cyclonedx',
  csaf: 'csaf',
  spdx: 'spdx',
  prowler: 'prowler',
  aws_prowler_v3plus: 'prowler',
  dockle: 'dockle',
  gosec: 'gosec',
  tfsec: 'tfsec',
  kubebench: 'kube-bench',
  trufflehog: 'trufflehog',
  harbor_vulnerability: 'harbor',
  gitlab_dep_scan: 'gitlab',
  gitlab_sast: 'gitlab',
  gitlab_secret_detection_report: 'gitlab',
  github_secrets_detection_report: 'github-secrets',
  github_vulnerability: 'github-vulnerability',
  nuclei: 'nuclei',
};

/** Reports that are written in the form of another tool. */
const written: Readonly<Record<string, string>> = {
  'reports/snyk/snykcode_issue_9270.json': 'sarif',
  'reports/yarn_audit/issue_6495.json': 'npm-audit',
};

/** DefectDojo has a reader for each form of npm; ours reads both. How many advisories it holds, and packages that only depend on vulnerable ones. */
const readHere: Readonly<Record<string, number>> = { 'reports/npm_audit/many_vuln_npm7.json': 15 };

/** DefectDojo leaves out the applications of an image. */
const inApplications: Readonly<Record<string, number>> = {
  'reports/snyk/snykcontainer_issue_9270.json': 12,
  'reports/snyk/snykcontainer_issue_epss.json': 12,
};

/** One finding for each component that is affected, as DefectDojo has it too. */
const split = new Set(['cyclonedx']);

/** Formats of which DefectDojo takes several results for one finding, and says how many. */
const merged = new Set(['trufflehog', 'nuclei']);

const vex = new Set(['openvex', 'csaf']);

/** Formats whose components are resources, no packages. */
const named = new Set(['checkov', 'kubescape', 'prowler']);

/** Formats whose components are ways in which a rule matched. */
const matched = new Set(['nuclei']);

/** Formats whose files DefectDojo takes over as they are. */
const filed = new Set(['trufflehog', 'gitlab', 'github-secrets', 'github-vulnerability']);

/** Formats that state severities in words that both understand; what is not rated has another here. */
const rated = new Set(['harbor', 'gitlab', 'github-vulnerability', 'nuclei']);

/** Formats whose lines DefectDojo takes over as they are. */
const placed = new Set(['sarif', 'bandit', 'hadolint', 'semgrep', 'gosec', 'tfsec']);

describeCorpus('reports', () => {
  const all = Object.entries(corpusJson<Record<string, Known>>('reports/oracle.json'));
  const ours = all.flatMap(([path, known]): [string, string, Known][] => {
    const format = written[path] ?? formats[path.split('/')[1]!];
    return format !== undefined && known.bytes > 0 && known.expectedCount !== undefined ? [[path, format, known]] : [];
  });

  it.each(ours)('reads every result of %s', async (path, format, { rawCount, expectedCount, findings: all = [] }) => {
    const found = await read(path, format);
    // A statement that something is not affected is no finding here.
    const findings = vex.has(format) ? all.filter(({ active }) => active !== false) : all;

    expect(found).toHaveLength(
      merged.has(format)
        ? findings.reduce((sum, { nb_occurences: times = 1 }) => sum + times, 0)
        : vex.has(format)
          ? findings.length
          : (path in written || split.has(format) ? expectedCount : (rawCount ?? expectedCount))! + (inApplications[path] ?? 0),
    );
    for (const { vulnerability_ids: ids, component_name: name, component_version: version } of findings) {
      if (ids?.[0] !== undefined) expect(found.flatMap(idsOf)).toEqual(expect.arrayContaining([ids[0].toLowerCase()]));
      if (name !== undefined && named.has(format)) expect(found.some(({ resource }) => resource?.endsWith(name))).toBe(true);
      else if (name !== undefined && matched.has(format)) expect(found.some(({ rule }) => rule.endsWith(`:${name}`))).toBe(true);
      else if (name !== undefined && findings.length === found.length && !name.startsWith('node_modules/'))
        expect(found.flatMap(componentOf)).toContain(`${name.toLowerCase()}@${isVersion(version) ? version : ''}`);
    }
  });

  it.each(ours.filter(([, format, { rawCount, findings }]) => placed.has(format) && findings?.length === rawCount))(
    'finds the files and lines of %s',
    async (path, format, { findings = [] }) => {
      const found = await read(path, format);

      expect(found.map(({ line }) => line).sort()).toEqual(findings.map(({ line }) => line).sort());
    },
  );

  it.each(ours.filter(([, format]) => filed.has(format) || rated.has(format)))(
    'has the places and severities of %s',
    async (path, format, { findings = [] }) => {
      const found = await read(path, format);

      // Of what covers several lines, DefectDojo takes the first or the last.
      const places = found.flatMap(({ path: file, line = 0, endLine = line }) => [
        [file, line],
        [file, endLine],
      ]);
      if (filed.has(format))
        for (const { file_path: file, line } of findings)
          if (file !== undefined) expect(places).toContainEqual([file, line ?? expect.anything()]);
      if (rated.has(format))
        for (const { severity = '' } of findings)
          if (severity !== 'Info') expect(found.map((finding) => finding.severity)).toContain(severity.toLowerCase());
    },
  );

  const refused = all.filter(
    ([path, { expectError }]) => expectError !== undefined && path.split('/')[1]! in formats && !(path in readHere),
  );

  it.each(refused.map(([path]) => path))('refuses %s', async (path) => {
    await expect(read(path, formats[path.split('/')[1]!]!)).rejects.toMatchObject({ code: 'report_refused' });
  });

  it.each(Object.entries(readHere))('reads every result of %s, which DefectDojo refuses', async (path, count) => {
    expect(await read(path, formats[path.split('/')[1]!]!)).toHaveLength(count);
  });

  it('takes no report for one of another format', () => {
    const mistaken = all.flatMap(([path]) => {
      const format = path.endsWith('.json') && !(path.split('/')[1]! in formats) ? recognised(path) : undefined;
      return format === undefined ? [] : [`${path} for ${format}`];
    });

    expect(mistaken).toEqual([]);
  });
});

async function read(path: string, format: string): Promise<RawFinding[]> {
  const text = Buffer.from(corpusText(path));
  const { reader } = recogniseReport(text.subarray(0, headBytes), text.length <= headBytes, format);
  const found: RawFinding[] = [];
  for await (const line of readReport(reader, () => createReadStream(corpusFolder(path)))) if ('finding' in line) found.push(line.finding);
  return found;
}

function recognised(path: string): string | undefined {
  const text = Buffer.from(corpusText(path));
  try {
    return recogniseReport(text.subarray(0, headBytes), text.length <= headBytes).reader.name;
  } catch {
    return undefined;
  }
}

function idsOf({ rule, vulnerability }: RawFinding): readonly string[] {
  return [rule, ...(vulnerability?.ids ?? [])].map((id) => id.toLowerCase());
}

function componentOf({ vulnerability }: RawFinding): readonly string[] {
  if (!vulnerability) return [];
  const name = vulnerability.name.toLowerCase();
  // Of Maven, some tools leave the group out of the name.
  const names = [name, name.slice(name.indexOf(':') + 1)].map((spelled) => `${spelled}@${vulnerability.version ?? ''}`);
  return [...names, vulnerability.purl.split('?', 1)[0]!.toLowerCase()];
}

/** Where npm names no version, DefectDojo shows the range. */
function isVersion(version: string | undefined): boolean {
  return version !== undefined && /^[^<>|=\s]+$/.test(version);
}
