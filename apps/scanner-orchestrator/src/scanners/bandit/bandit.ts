import type { Severity } from '@throughline/contracts';
import { countOf, fieldsOf, jsonItems, textOf } from '../../box/json-items.ts';
import { ReportRefused, type ProgramScanner, type RawFinding, type RawLine } from '../scanner.ts';

const severities: Readonly<Record<string, Severity>> = { HIGH: 'high', MEDIUM: 'medium', LOW: 'low', UNDEFINED: 'low' };

/** The checks whose message repeats a literal of the source: a password. */
const withLiteral = new Set(['B105', 'B106', 'B107']);

/** Python source. `# nosec`, `.bandit` and the folders it passes over by itself are not honoured. */
export const bandit: ProgramScanner = {
  kind: 'program',
  name: 'bandit',
  finds: ['code'],
  tool: { name: 'bandit', version: '1.9.4', installer: 'pip', present: 'bandit/__main__.py' },
  ruleset: 'bandit-1',
  adapter: 1,
  reads: (path) => path.endsWith('.py'),
  nothing: 'the tree has no Python files',
  obeys: (path) => /(?:^|\/)\.bandit$/.test(path),
  canary: {
    path: (random) => `${random}/canary.py`,
    content: () => 'import subprocess\nsubprocess.call(input(), shell=True)  # nosec\n',
    expects: 'B602',
  },
  command: ({ python, tree }) => [
    ...[python, '-s', '-m', 'bandit', '--quiet', '--recursive', tree, '--format=json', '--exit-zero'],
    // Its own list of excluded folders (.tox, .eggs and others) would be a place to hide in.
    ...['--ignore-nosec', '--exclude=/nothing'],
  ],
  environment: ({ tool }) => ({ PYTHONPATH: tool, PYTHONDONTWRITEBYTECODE: '1' }),
  success: [0],
  read: findingsOf,
};

async function* findingsOf(report: AsyncIterable<Uint8Array>): AsyncIterable<RawLine> {
  const findings: RawFinding[] = [];
  const literals = new Set<string>();
  let generated = false;
  for await (const { key, value } of jsonItems(report, ['$.generated_at', '$.errors.*', '$.results.*'])) {
    if (key === 'generated_at') generated = true;
    else findings.push(unread(value) ?? issue(value, literals));
  }
  if (!generated) throw new ReportRefused('this is no report of bandit');
  // Only at the end are all literals known that no snippet may show.
  const hides = [...literals];
  for (const finding of findings) yield { finding: { ...finding, hides } };
}

function issue(value: unknown, literals: Set<string>): RawFinding {
  const fields = fieldsOf(value);
  const rule = textOf(fields?.['test_id'], 20);
  const text = textOf(fields?.['issue_text'], 5000);
  if (!rule || text === undefined) throw new ReportRefused('a result of this report is none of bandit');
  const literal = withLiteral.has(rule) ? /'(.*)'/s.exec(text)?.[1] : undefined;
  if (literal) for (const text of spellings(literal)) literals.add(text);
  const cwe = countOf(fieldsOf(fields?.['issue_cwe'])?.['id']);
  const lines = Array.isArray(fields?.['line_range']) ? fields['line_range'] : [];
  return {
    class: 'code',
    rule,
    title: withLiteral.has(rule) ? 'Possible hardcoded password' : text.slice(0, 300),
    severity: severities[textOf(fields?.['issue_severity'], 20) ?? ''] ?? 'low',
    confidence: textOf(fields?.['issue_confidence'], 20)?.toLowerCase(),
    help: textOf(fields?.['more_info'], 500),
    ...(cwe !== undefined && { cwe: [cwe] }),
    path: textOf(fields?.['filename'], 4096),
    line: countOf(fields?.['line_number']),
    endLine: countOf(lines.at(-1)),
    column: countOf(fields?.['col_offset'], 0) === undefined ? undefined : (fields!['col_offset'] as number) + 1,
  };
}

/** How the source may write the literal; a very short one is only looked for in quotes, or it would be found everywhere. */
function spellings(literal: string): readonly string[] {
  if (literal.length < 4) return [`'${literal}'`, `"${literal}"`];
  return [literal, JSON.stringify(literal).slice(1, -1)];
}

/** A file that it could not parse was not checked, and says so. */
function unread(value: unknown): RawFinding | undefined {
  const fields = fieldsOf(value);
  if (fields?.['reason'] === undefined) return undefined;
  const title = 'Python cannot parse this file: it was not checked';
  return { class: 'configuration', rule: 'file-not-read', title, severity: 'low', path: textOf(fields['filename'], 4096) };
}
