import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { gitleaksReport, type RawFinding, type Redacted } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner, RawLine, Tree } from '../scanner.ts';

const largestFile = 16 * 1024 * 1024;

const configuration = /(?:^|\/)\.gitleaks(?:\.toml|ignore)$/;

/**
 * Secrets in a tree, by the rules of gitleaks. Its report is redacted: the value is read from the tree, in the process that ends
 * with the run. Comments, configuration and lists of exceptions of the repository are not honoured.
 */
export const gitleaks: ProgramScanner = {
  kind: 'program',
  name: 'gitleaks',
  finds: ['secret'],
  tool: {
    ...{ name: 'gitleaks', version: '8.30.1', installer: 'go', main: 'github.com/zricethezav/gitleaks/v8' },
    ...{ files: ['gitleaks.toml'], present: 'bin/gitleaks', asked: { megabytes: 16 } },
  },
  ruleset: 'gitleaks-8',
  adapter: 1,
  reads: (path) => !configuration.test(path),
  nothing: 'the tree has no files',
  obeys: (path) => configuration.test(path),
  canary: {
    path: (random) => `${random}.env`,
    content: () => `TOKEN=ghp_${letters(36)} # gitleaks:allow\n`,
    expects: 'github-pat',
  },
  command: ({ tool, tree }) => [
    ...[`${tool}/bin/gitleaks`, 'dir', '--no-banner', '--log-level=error', '--exit-code=0', '--redact=100'],
    ...['--ignore-gitleaks-allow', `--config=${tool}/gitleaks.toml`, `--gitleaks-ignore-path=${tool}`],
    ...['--report-format=json', '--report-path=-', tree],
  ],
  success: [0],
  read: findingsOf,
};

/** Every letter equally often: a value that is too even or too odd would be taken for an example. */
function letters(count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return [...randomBytes(count)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

async function* findingsOf(report: AsyncIterable<Uint8Array>, tree: Tree): AsyncIterable<RawLine> {
  let open: { readonly path: string; readonly lines: readonly string[] | undefined } | undefined;
  for await (const line of ownReport(gitleaksReport, report)) {
    if (!('finding' in line)) {
      yield line;
      continue;
    }
    const { redacted, ...finding } = line.finding;
    const path = finding.path === undefined ? '' : posix.relative(tree.root, posix.resolve(tree.root, finding.path));
    if (open?.path !== path) open = { path, lines: (await tree.text(path, largestFile))?.split('\n') };
    const secret = redacted === undefined ? undefined : valueIn(open.lines, finding, redacted);
    yield { finding: { ...finding, ...(secret !== undefined && { secret }) } };
  }
}

/**
 * What stands in the file where the report has `REDACTED`. Of a value that gitleaks decoded first, that is the encoded text: it too is
 * the same as long as the value is. Columns count bytes; gitleaks counts the line break before all lines but the first.
 */
function valueIn(
  lines: readonly string[] | undefined,
  { line, column }: RawFinding,
  { before, after, endLine, endColumn }: Redacted,
): string | undefined {
  if (!lines || line === undefined || column === undefined || endLine < line || endLine > lines.length) return undefined;
  const bytes = (index: number): Buffer => Buffer.from(lines[index - 1]!);
  const [start, end] = [column - (line === 1 ? 1 : 2), endColumn - (endLine === 1 ? 0 : 1)];
  const parts = lines.slice(line - 1, endLine).map((_, index) => {
    const at = line + index;
    return bytes(at)
      .subarray(at === line ? Math.max(0, start) : 0, at === endLine ? end : undefined)
      .toString();
  });
  const match = parts.join('\n');
  const isAround = match.length > before.length + after.length && match.startsWith(before) && match.endsWith(after);
  const value = isAround ? match.slice(before.length, match.length - after.length) : match;
  return value.trim() === '' ? undefined : value;
}
