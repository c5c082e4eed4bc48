import { jsonItems, type Seen } from '../../json/json-items.ts';
import { advisoryIds, objectOf, present, rejected, textOf, vulnerable, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import type { RawFinding } from '../../raw.ts';

/** `pip-audit --format json`; also the bare list of the versions before 2.2. */
export const pipAudit: ReportReader = {
  name: 'pip-audit',
  title: 'pip-audit JSON',
  finds: ['vulnerability'],
  passes: 1,
  marks: ['$.dependencies.*.vulns', '$.dependencies.*.skip_reason', '$.fixes', '$.*.vulns', '$.*.skip_reason'],
  recognises: (head) =>
    ['$.dependencies.*.vulns', '$.dependencies.*.skip_reason', '$.*.vulns', '$.*.skip_reason'].some((mark) => head.has(mark)) ||
    (head.kindOf('$.dependencies') === 'list' && head.has('$.fixes')),
  nothing: (head) => head.root === 'list' || head.kindOf('$.dependencies') === 'list',
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { selector, path, value } of jsonItems(open(), ['$.dependencies.*', '$.*'], { seen })) {
    const inList = selector === '$.*' && typeof path[0] === 'number';
    if (inList || selector === '$.dependencies.*') yield* dependency(objectOf(value) ?? {}, path);
  }
  if (seen.get('$') === 'list' || seen.get('$.dependencies') === 'list') return;
  throw new ReportRefused('this is no report of pip-audit', { pointer: '/dependencies' });
}

function* dependency(entry: Foreign, path: readonly (string | number)[]): Iterable<ReadLine> {
  const name = textOf(entry['name'], 300);
  if (name === undefined) {
    yield rejected(path, 'a dependency has a name');
    return;
  }
  // What could not be audited says nothing about its vulnerabilities.
  if (entry['skip_reason'] !== undefined) yield { unread: {} };
  const vulns = Array.isArray(entry['vulns']) ? (entry['vulns'] as unknown[]) : [];
  for (const [index, vuln] of vulns.entries()) yield lineOf(objectOf(vuln) ?? {}, { name, entry, path: [...path, 'vulns', index] });
}

function lineOf(
  vuln: Foreign,
  { name, entry, path }: { readonly name: string; readonly entry: Foreign; readonly path: readonly (string | number)[] },
): ReadLine {
  const id = textOf(vuln['id'], 200);
  if (id === undefined) return rejected(path, 'a vulnerability has an id');
  const ids = advisoryIds(id, vuln['aliases']);
  const fixes = Array.isArray(vuln['fix_versions']) ? vuln['fix_versions'].flatMap((fix) => textOf(fix, 64) ?? []) : [];
  return {
    finding: vulnerable(
      present<Omit<RawFinding, 'class' | 'rule'> & { rule: string }>({
        rule: id,
        title: `${id} in ${name}`,
        description: textOf(vuln['description'], 2000),
        // pip-audit rates nothing.
        severity: 'medium',
      }),
      present({ name, version: textOf(entry['version'], 200), ecosystem: 'PyPI' }),
      { ids: ids.length === 0 ? [id] : ids, fixedIn: fixes.length === 0 ? undefined : fixes.join(', ').slice(0, 128) },
    ),
  };
}
