import { createReadStream } from 'node:fs';
import { expect, it } from '@jest/globals';
import { headBytes, readReport, recogniseReport, type RawFinding } from '@throughline/findings';
import { corpusFolder, corpusJson, corpusText, describeCorpus } from './corpora.ts';

interface Known {
  readonly rawCount?: number;
  readonly expectedCount?: number;
  readonly bytes: number;
  readonly findings?: readonly {
    readonly line?: number;
    readonly file_path?: string;
    readonly vuln_id_from_tool?: string;
    readonly component_name?: string;
    readonly component_version?: string;
    readonly vulnerability_ids?: readonly string[];
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
};

/** Formats whose lines DefectDojo takes over as they are. */
const placed = new Set(['sarif', 'bandit', 'hadolint', 'semgrep']);

describeCorpus('reports', () => {
  const all = Object.entries(corpusJson<Record<string, Known>>('reports/oracle.json'));
  const ours = all.flatMap(([path, known]): [string, string, Known][] => {
    const format = formats[path.split('/')[1]!];
    return format !== undefined && known.bytes > 0 && known.expectedCount !== undefined ? [[path, format, known]] : [];
  });

  it.each(ours)('reads every result of %s', async (path, format, { rawCount, expectedCount, findings = [] }) => {
    const found = await read(path, format);

    expect(found).toHaveLength((rawCount ?? expectedCount)!);
    for (const { vulnerability_ids: ids, component_name: name, component_version: version } of findings) {
      if (ids) expect(found.flatMap(idsOf)).toEqual(expect.arrayContaining(ids.slice(0, 1)));
      // Of infrastructure, the component is the resource.
      if (name !== undefined && format === 'checkov') expect(found.some(({ resource }) => resource?.endsWith(name))).toBe(true);
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

  it('takes no report for one of another format', () => {
    const mistaken = all.flatMap(([path]) => {
      const format = path.endsWith('.json') && !(path.split('/')[1]! in formats) ? recognised(path) : undefined;
      return format === undefined ? [] : [`${path} for ${format}`];
    });

    // SARIF of other tools is SARIF; the report of yarn 2 is written in the form of npm.
    expect(mistaken).toEqual([
      'reports/govulncheck/issue_15033_sarif.json for sarif',
      'reports/snyk/snykcode_issue_9270.json for sarif',
      'reports/yarn_audit/issue_6495.json for npm-audit',
    ]);
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
  return [rule, ...(vulnerability?.ids ?? [])];
}

function componentOf({ vulnerability }: RawFinding): readonly string[] {
  if (!vulnerability) return [];
  const name = vulnerability.name.toLowerCase();
  // Of Maven, some tools leave the group out of the name.
  return [name, name.slice(name.indexOf(':') + 1)].map((spelled) => `${spelled}@${vulnerability.version ?? ''}`);
}

/** Where npm names no version, DefectDojo shows the range. */
function isVersion(version: string | undefined): boolean {
  return version !== undefined && /^[^<>|=\s]+$/.test(version);
}
