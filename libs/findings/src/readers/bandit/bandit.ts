import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { normaliseSnippet } from '../../snippet.ts';
import { at, objectOf, present, rejected, textOf, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `bandit --format json`. */
export const bandit: ReportReader = {
  name: 'bandit',
  title: 'Bandit JSON',
  finds: ['code'],
  passes: 1,
  marks: ['$.generated_at', '$.errors', '$.results.*.test_id'],
  recognises: (head) => head.has('$.results.*.test_id') || head.has('$.generated_at', '$.errors'),
  read,
};

const severities: Readonly<Record<string, Severity>> = { HIGH: 'high', MEDIUM: 'medium', LOW: 'low', UNDEFINED: 'low' };

/** The checks whose message repeats a literal of the source: a password. */
const withLiteral = new Set(['B105', 'B106', 'B107']);

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const findings: RawFinding[] = [];
  const literals = new Set<string>();
  const seen: Seen = new Map();
  for await (const { selector, path, value } of jsonItems(open(), ['$.generated_at', '$.errors.*', '$.results.*'], { seen })) {
    if (selector === '$.errors.*') yield { unread: present({ path: textOf(at(value, 'filename'), 4096) }) };
    if (selector !== '$.results.*') continue;
    const finding = issueOf(objectOf(value) ?? {}, literals);
    if (finding) findings.push(finding);
    else yield rejected(path, 'a result names its check (test_id) and says what is wrong (issue_text)');
  }
  if (!seen.has('$.generated_at') || seen.get('$.results') !== 'list')
    throw new ReportRefused('this is no report of bandit', { pointer: '' });
  // Only at the end are all literals known that no text may show.
  const hides = [...literals];
  for (const finding of findings) yield { finding: { ...finding, hides } };
}

function issueOf(issue: Foreign, literals: Set<string>): RawFinding | undefined {
  const rule = textOf(issue['test_id'], 20);
  const text = typeof issue['issue_text'] === 'string' ? issue['issue_text'].slice(0, 5000) : undefined;
  if (rule === undefined || text === undefined) return undefined;
  const literal = withLiteral.has(rule) ? /'(.*)'/s.exec(text)?.[1] : undefined;
  if (literal) for (const spelling of spellings(literal)) literals.add(spelling);
  const cwe = wholeOf(at(issue['issue_cwe'], 'id'), 1);
  const column = wholeOf(issue['col_offset'], 0);
  const range = Array.isArray(issue['line_range']) ? issue['line_range'] : [];
  return present<RawFinding>({
    class: 'code',
    rule,
    title: withLiteral.has(rule) ? 'Possible hardcoded password' : text.slice(0, 300),
    severity: severities[textOf(issue['issue_severity'], 20) ?? ''] ?? 'low',
    confidence: textOf(issue['issue_confidence'], 20)?.toLowerCase(),
    help: textOf(issue['more_info'], 500),
    cwe: cwe === undefined ? undefined : [cwe],
    path: textOf(issue['filename'], 4096),
    line: wholeOf(issue['line_number'], 1),
    endLine: wholeOf(range.at(-1), 1),
    column: column === undefined ? undefined : column + 1,
    snippet: quoted(issue, range),
  });
}

/** The lines of the issue among those that bandit quotes, each behind its number. */
function quoted(issue: Foreign, range: readonly unknown[]): string | undefined {
  const numbers = new Set(range.map(String));
  const lines = (typeof issue['code'] === 'string' ? issue['code'].slice(0, 20_000) : '').split('\n').flatMap((line) => {
    const match = /^(\d+) (.*)$/s.exec(line);
    return match && numbers.has(match[1]!) ? [match[2]!] : [];
  });
  return lines.length === 0 ? undefined : normaliseSnippet(lines.slice(0, 5).join('\n'));
}

/** How the source may write the literal; a very short one is only looked for in quotes, or it would be found everywhere. */
function spellings(literal: string): readonly string[] {
  if (literal.length < 4) return [`'${literal}'`, `"${literal}"`];
  return [literal, JSON.stringify(literal).slice(1, -1)];
}
