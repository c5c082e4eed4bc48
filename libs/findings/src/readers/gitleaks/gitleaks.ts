import { jsonItems, type Seen } from '../../json/json-items.ts';
import { isMasked } from '../../masked.ts';
import type { RawFinding, Redacted } from '../../raw.ts';
import { objectOf, present, rejected, textOf, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `gitleaks … --report-format json`, of version 8 and of the versions before. */
export const gitleaks: ReportReader = {
  name: 'gitleaks',
  title: 'Gitleaks JSON',
  finds: ['secret'],
  passes: 1,
  marks: ['$.*.RuleID', '$.*.Secret', '$.*.Match', '$.*.rule', '$.*.offender'],
  recognises: (head) => head.has('$.*.RuleID', '$.*.Match') || head.has('$.*.RuleID', '$.*.Secret') || head.has('$.*.rule', '$.*.offender'),
  // Version 7 writes `null` where it found nothing.
  nothing: (head) => head.root === 'list' || head.root === 'null',
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.*'], { seen })) yield lineOf(objectOf(value) ?? {}, path);
  if (seen.get('$') === 'object' || seen.get('$') === 'scalar')
    throw new ReportRefused('this is no report of gitleaks: it must be a list', { pointer: '' });
}

function lineOf(leak: Foreign, path: readonly (string | number)[]): ReadLine {
  const rule = textOf(leak['RuleID'], 200) ?? textOf(leak['rule'], 200);
  const file = textOf(leak['File'], 4096) ?? textOf(leak['file'], 4096);
  if (rule === undefined || file === undefined) return rejected(path, 'a leak names its rule (RuleID) and its file (File)');
  const value = textOf(leak['Secret'], 64 * 1024) ?? textOf(leak['Match'], 64 * 1024) ?? textOf(leak['offender'], 64 * 1024);
  return {
    finding: present<RawFinding>({
      class: 'secret',
      rule,
      title: `${textOf(leak['Description'], 200) ?? rule} in the repository`,
      severity: 'high',
      cwe: [798],
      path: file,
      line: wholeOf(leak['StartLine'], 1) ?? wholeOf(leak['lineNumber'], 1),
      column: wholeOf(leak['StartColumn'], 1),
      secret: value === undefined || isMasked(value) ? undefined : value,
      redacted: redactedIn(leak),
    }),
  };
}

/** `--redact` writes one word for the value, in the match too. */
function redactedIn(leak: Foreign): Redacted | undefined {
  const word = 'REDACTED';
  const match = textOf(leak['Match'], 64 * 1024);
  const [endLine, endColumn] = [wholeOf(leak['EndLine'], 1), wholeOf(leak['EndColumn'], 1)];
  if (textOf(leak['Secret'], 64) !== word || !match?.includes(word) || endLine === undefined || endColumn === undefined) return undefined;
  return { before: match.slice(0, match.indexOf(word)), after: match.slice(match.lastIndexOf(word) + word.length), endLine, endColumn };
}
