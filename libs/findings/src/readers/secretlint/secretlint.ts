import { jsonItems, type Seen } from '../../json/json-items.ts';
import { isMasked } from '../../masked.ts';
import type { RawFinding } from '../../raw.ts';
import { at, objectOf, present, rejected, textOf, webAddress, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { secretTitle } from './secret-title.ts';

/** `secretlint --format json`. */
export const secretlint: ReportReader = {
  name: 'secretlint',
  title: 'secretlint JSON',
  finds: ['secret'],
  passes: 1,
  marks: ['$.*.filePath', '$.*.sourceContentType', '$.*.messages.*.messageId'],
  recognises: (head) =>
    head.root === 'list' && head.has('$.*.filePath') && (head.has('$.*.sourceContentType') || head.has('$.*.messages.*.messageId')),
  nothing: (head) => head.root === 'list',
  read,
};

const prefix = '@secretlint/secretlint-rule-';

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.*'], { seen })) yield* linesOf(objectOf(value) ?? {}, path);
  if (seen.get('$') !== 'list') throw new ReportRefused('this is no report of secretlint', { pointer: '' });
}

function* linesOf(file: Foreign, path: readonly (string | number)[]): Iterable<ReadLine> {
  const name = textOf(file['filePath'], 4096);
  if (name === undefined || !Array.isArray(file['messages'])) {
    yield rejected(path, 'an entry names its file (filePath) and has messages');
    return;
  }
  const content = typeof file['sourceContent'] === 'string' ? file['sourceContent'] : undefined;
  for (const [index, message] of (file['messages'] as unknown[]).entries()) {
    yield lineOf(objectOf(message) ?? {}, { name, content, path: [...path, 'messages', index] });
  }
}

interface InFile {
  readonly name: string;
  readonly content: string | undefined;
  readonly path: readonly (string | number)[];
}

function lineOf(message: Foreign, { name, content, path }: InFile): ReadLine {
  const rule = textOf(message['ruleId'], 200)?.replace(prefix, '');
  const kind = textOf(message['messageId'], 100);
  if (rule === undefined || kind === undefined) return rejected(path, 'a message names its rule (ruleId) and kind (messageId)');
  const column = wholeOf(at(message['loc'], 'start', 'column'), 0);
  return {
    finding: present<RawFinding>({
      class: 'secret',
      rule: `${rule}/${kind}`,
      title: secretTitle(kind),
      severity: 'high',
      cwe: [798],
      help: webAddress(message['docsUrl']),
      path: name,
      line: wholeOf(at(message['loc'], 'start', 'line'), 1),
      column: column === undefined ? undefined : column + 1,
      secret: secretOf(message, content),
    }),
  };
}

/** The value lies in the content of the file, when the report has it, and is often masked there. */
function secretOf({ range }: Foreign, content: string | undefined): string | undefined {
  const [start, end] = Array.isArray(range) ? (range as unknown[]) : [];
  if (content === undefined || typeof start !== 'number' || typeof end !== 'number') return undefined;
  const value = content.slice(start, end);
  return isMasked(value) ? undefined : value;
}
