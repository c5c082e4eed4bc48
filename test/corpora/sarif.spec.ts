import { expect, it } from '@jest/globals';
import { findingFromSarifResult, type Finding } from '@throughline/findings';
import { corpusJson, describeCorpus } from './corpora.ts';

interface Known {
  readonly rawCount?: number;
  readonly findings?: readonly { readonly line?: number; readonly vuln_id_from_tool?: string }[];
  readonly expectError?: string;
}
type Json = Readonly<Record<string, never>>;
interface Run {
  readonly tool: {
    readonly driver: { readonly rules?: readonly Json[] };
    readonly extensions?: readonly { readonly rules?: readonly Json[] }[];
  };
  readonly results?: readonly unknown[];
  readonly originalUriBaseIds?: Json;
  readonly artifacts?: readonly Json[];
}

describeCorpus('reports', () => {
  const known = Object.entries(corpusJson<Record<string, Known>>('reports/oracle.json')).filter(([path, entry]) => {
    return /^reports\/sarif\//.test(path) && entry.rawCount !== undefined;
  });

  it.each(known)('reads every result of %s', (path, { rawCount, findings }) => {
    const read = corpusJson<{ runs: readonly Run[] }>(path).runs.flatMap(findingsOf);

    expect(read).toHaveLength(rawCount!);
    const rules = read.map((finding) => finding.rule);
    for (const { vuln_id_from_tool: rule } of findings ?? []) if (rule !== undefined) expect(rules).toContain(rule);
    if (findings?.length === rawCount) expect(read.map((finding) => finding.location?.line)).toEqual(findings?.map(({ line }) => line));
  });
});

function findingsOf(run: Run): Finding[] {
  const context = {
    class: 'code' as const,
    driver: { rules: run.tool.driver.rules ?? [] },
    extensions: (run.tool.extensions ?? []).map((extension) => ({ rules: extension.rules ?? [] })),
    ...(run.originalUriBaseIds && { baseUris: run.originalUriBaseIds }),
    ...(run.artifacts && { artifacts: run.artifacts }),
  };
  return (run.results ?? []).flatMap((result) => findingFromSarifResult(result, context) ?? []);
}
