import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { objectOf, present, rejected, textOf, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `actionlint -format '{{json .}}'`. */
export const actionlint: ReportReader = {
  name: 'actionlint',
  title: 'actionlint JSON',
  finds: ['configuration'],
  passes: 1,
  marks: ['$.*.filepath', '$.*.kind', '$.*.end_column'],
  recognises: (head) => head.root === 'list' && head.has('$.*.filepath', '$.*.kind', '$.*.end_column'),
  nothing: (head) => head.root === 'list',
  read,
};

interface Kind {
  readonly title: string;
  readonly severity: Severity;
  readonly cwe?: readonly number[];
}

/** What an attacker can use; everything else is a mistake that keeps a workflow from doing what it should. */
const kinds: Readonly<Record<string, Kind>> = {
  'untrusted-input': { title: 'A workflow puts text of strangers into a script', severity: 'high', cwe: [94] },
  credentials: { title: 'A workflow holds a password in clear', severity: 'high', cwe: [798] },
  permissions: { title: 'A workflow asks for permissions that do not exist', severity: 'medium', cwe: [732] },
  'deprecated-commands': {
    title: 'A workflow uses a command that was withdrawn because it can be injected',
    severity: 'medium',
    cwe: [77],
  },
  action: { title: 'A workflow uses an action wrongly, or one that no longer runs', severity: 'low' },
  expression: { title: 'A workflow has an expression that is wrong', severity: 'low' },
  'syntax-check': { title: 'A workflow is not valid', severity: 'low' },
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.*'], { seen })) yield lineOf(objectOf(value) ?? {}, path);
  if (seen.get('$') !== 'list') throw new ReportRefused('this is no report of actionlint', { pointer: '' });
}

function lineOf(fault: Foreign, path: readonly (string | number)[]): ReadLine {
  const said = textOf(fault['kind'], 100);
  const file = textOf(fault['filepath'], 4096);
  const message = textOf(fault['message'], 2000);
  if (said === undefined || file === undefined || message === undefined)
    return rejected(path, 'a result names its rule (kind), its file (filepath) and a message');
  const rule = said === 'expression' && message.includes('potentially untrusted') ? 'untrusted-input' : said;
  const kind = Object.hasOwn(kinds, rule) ? kinds[rule] : undefined;
  return {
    finding: present<RawFinding>({
      class: 'configuration',
      rule,
      title: kind?.title ?? `A workflow breaks the rule ${rule}`,
      description: withoutQuotes(message),
      severity: kind?.severity ?? 'low',
      cwe: kind?.cwe,
      help: 'https://github.com/rhysd/actionlint/blob/main/docs/checks.md',
      path: file,
      line: wholeOf(fault['line'], 1),
      column: wholeOf(fault['column'], 1),
    }),
  };
}

const longestQuote = 15;
const expression = /^"(?:github|inputs|env|vars|matrix|needs|steps|job|runner|secrets)(?:\.[\w*-]{1,40}){1,8}"$/;

/** The first sentence. What it quotes of the workflow stays only where it is short or names a value of the run. */
function withoutQuotes(message: string): string {
  const sentence = message.split(/\. |: https/, 1)[0]!;
  return sentence
    .replace(/"[^"]*"/g, (quote) => (quote.length <= longestQuote + 2 || expression.test(quote) ? quote : '"…"'))
    .slice(0, 500);
}
