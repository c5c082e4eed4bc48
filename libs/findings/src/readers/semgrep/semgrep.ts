import type { FindingClass } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { normaliseSnippet } from '../../snippet.ts';
import { at, cwesIn, objectOf, present, rejected, severityOf, textOf, webAddress, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `semgrep --json`, and `opengrep --json`. What a comment silences (`is_ignored`) is read all the same. */
export const semgrep: ReportReader = {
  name: 'semgrep',
  title: 'Semgrep JSON',
  finds: ['code', 'secret', 'configuration', 'vulnerability'],
  passes: 1,
  marks: ['$.version', '$.errors', '$.paths', '$.results.*.check_id', '$.generated_at'],
  recognises: (head) =>
    head.has('$.results.*.check_id') || (head.kindOf('$.results') === 'list' && head.has('$.errors') && !head.has('$.generated_at')),
  nothing: (head) => head.kindOf('$.results') === 'list' && !head.has('$.generated_at'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { selector, path, value } of jsonItems(open(), ['$.results.*', '$.errors.*'], { seen })) {
    if (selector === '$.results.*') yield lineOf(objectOf(value) ?? {}, path);
    // A file that was parsed in part is still reported as a warning.
    else if (textOf(at(value, 'level'), 16) === 'error') yield { unread: present({ path: textOf(at(value, 'path'), 1024) }) };
  }
  if (seen.get('$.results') !== 'list') throw new ReportRefused('this is no report of Semgrep', { pointer: '/results' });
}

function lineOf(result: Foreign, path: readonly (string | number)[]): ReadLine {
  const rule = textOf(result['check_id'], 200);
  const file = textOf(result['path'], 4096);
  const extra = objectOf(result['extra']);
  if (rule === undefined || file === undefined || !extra) return rejected(path, 'a result names its rule (check_id), path and extra');
  const metadata = objectOf(extra['metadata']);
  const message = textOf(extra['message'], 2000);
  const kind = classOf(rule, metadata);
  const lines = textOf(extra['lines'], 4000);
  const fingerprint = textOf(extra['fingerprint'], 512);
  return {
    finding: present<RawFinding>({
      class: kind,
      rule,
      title: titleOf(rule),
      // The message of a rule for secrets may quote the secret.
      description: kind === 'secret' ? undefined : message,
      severity: severityOfRule(extra, metadata),
      cwe: cwesIn(metadata?.['cwe']),
      help: webAddress(metadata?.['shortlink'], metadata?.['source'], ...referencesOf(metadata)),
      path: file,
      line: wholeOf(at(result['start'], 'line'), 1),
      endLine: wholeOf(at(result['end'], 'line'), 1),
      column: wholeOf(at(result['start'], 'col'), 1),
      snippet: kind === 'secret' || lines === undefined || lines === 'requires login' ? undefined : normaliseSnippet(lines),
      fingerprints: fingerprint === undefined ? undefined : { 'semgrep/v1': fingerprint },
      confidence: textOf(metadata?.['confidence'], 20)?.toLowerCase(),
    }),
  };
}

function classOf(rule: string, metadata: Foreign | undefined): FindingClass {
  if (/(?:^|\.)secrets?\./.test(rule) || /hardcoded secret/i.test(JSON.stringify(metadata?.['vulnerability_class'] ?? ''))) return 'secret';
  if (/^(?:terraform|dockerfile|yaml\.(?:kubernetes|github-actions|docker-compose))\./.test(rule)) return 'configuration';
  return 'code';
}

/** Severities of a rule are ERROR, WARNING and INFO, or, of the newer ones, CRITICAL to LOW. */
function severityOfRule(extra: Foreign, metadata: Foreign | undefined): RawFinding['severity'] {
  const impact = textOf(metadata?.['security-severity'], 16);
  return severityOf(impact ?? extra['severity']);
}

/** `python.lang.security.audit.dangerous-subprocess-use` → `Dangerous subprocess use`. */
function titleOf(rule: string): string {
  const words = rule.split('.').at(-1)!.replace(/[-_]+/g, ' ').trim();
  return words === '' ? rule : words.charAt(0).toUpperCase() + words.slice(1);
}

function referencesOf(metadata: Foreign | undefined): readonly unknown[] {
  return Array.isArray(metadata?.['references']) ? metadata['references'].slice(0, 3) : [];
}
