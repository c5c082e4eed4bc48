import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { objectOf, present, rejected, textOf, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `detect-secrets scan`, and the baselines that it makes. It tells a secret by its SHA-1 only. */
export const detectSecrets: ReportReader = {
  name: 'detect-secrets',
  title: 'detect-secrets JSON',
  finds: ['secret'],
  passes: 1,
  marks: ['$.plugins_used'],
  recognises: (head) => head.has('$.plugins_used'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.results.*.*'], { seen })) yield lineOf(objectOf(value) ?? {}, path);
  if (seen.get('$.results') !== 'object') throw new ReportRefused('this is no report of detect-secrets', { pointer: '/results' });
}

function lineOf(secret: Foreign, path: readonly (string | number)[]): ReadLine {
  const rule = textOf(secret['type'], 100);
  const file = textOf(secret['filename'], 4096) ?? (typeof path[1] === 'string' ? path[1] : undefined);
  if (rule === undefined || file === undefined) return rejected(path, 'a secret names its type and its filename');
  return {
    finding: present<RawFinding>({
      class: 'secret',
      rule,
      title: `${rule} in the repository`,
      severity: /entropy|keyword/i.test(rule) ? 'medium' : 'high',
      cwe: [798],
      path: file,
      line: wholeOf(secret['line_number'], 1),
      sha1: textOf(secret['hashed_secret'], 40),
    }),
  };
}
