import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { objectOf, present, rejected, textOf, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `hadolint --format json`. */
export const hadolint: ReportReader = {
  name: 'hadolint',
  title: 'hadolint JSON',
  finds: ['configuration'],
  passes: 1,
  marks: ['$.*.code', '$.*.level', '$.*.file', '$.*.message'],
  recognises: (head) => head.root === 'list' && head.has('$.*.code', '$.*.level', '$.*.file', '$.*.message'),
  nothing: (head) => head.root === 'list',
  read,
};

const severities: Readonly<Record<string, Severity>> = { error: 'medium', warning: 'low', info: 'info', style: 'info' };

/** Rules whose level says too little about what they cost: running as root, a secret in the environment, `sudo`. */
const weighed: Readonly<Record<string, Severity>> = { DL3002: 'medium', DL3004: 'medium' };

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.*'], { seen })) yield lineOf(objectOf(value) ?? {}, path);
  if (seen.get('$') !== 'list') throw new ReportRefused('this is no report of hadolint', { pointer: '' });
}

function lineOf(fault: Foreign, path: readonly (string | number)[]): ReadLine {
  const rule = textOf(fault['code'], 100);
  const level = textOf(fault['level'], 20);
  if (rule === undefined || level === undefined) return rejected(path, 'a result names its rule (code) and level');
  return {
    finding: present<RawFinding>({
      class: 'configuration',
      rule,
      // A parse error repeats what it could not parse.
      title: rule === 'DL1000' ? 'The Dockerfile cannot be parsed: it was not checked' : (textOf(fault['message'], 300) ?? rule),
      severity: weighed[rule] ?? severities[level] ?? 'low',
      help: rule.startsWith('SC') ? `https://www.shellcheck.net/wiki/${rule}` : `https://github.com/hadolint/hadolint/wiki/${rule}`,
      path: textOf(fault['file'], 4096),
      line: wholeOf(fault['line'], 1),
      column: wholeOf(fault['column'], 1),
    }),
  };
}
