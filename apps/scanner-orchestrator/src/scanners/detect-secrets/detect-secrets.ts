import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { detectSecretsReport, type RawFinding } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner, RawLine, Tree } from '../scanner.ts';

const largestFile = 10 * 1024 * 1024;
const longestLine = 4096;

/** Secrets by entropy and keyword beside known forms. Allow-list comments and baselines of the repository are not honoured. */
export const detectSecrets: ProgramScanner = {
  kind: 'program',
  name: 'detect-secrets',
  finds: ['secret'],
  tool: { name: 'detect-secrets', version: '1.5.0', installer: 'pip', present: 'detect_secrets/main.py', asked: { megabytes: 8 } },
  ruleset: 'detect-secrets-1.5',
  adapter: 1,
  reads: () => true,
  nothing: 'the tree has no files',
  obeys: (path) => /(?:^|\/)\.secrets\.baseline$/.test(path),
  canary: {
    path: (random) => `${random}.env`,
    content: () => `TOKEN=ghp_${randomBytes(18).toString('hex')} # pragma: allowlist secret\n`,
    expects: 'GitHub Token',
  },
  command: ({ python, tree }) => [
    ...[python, '-s', '-m', 'detect_secrets', '-C', tree, '-c', '1', 'scan', '--all-files', '--no-verify'],
    '--disable-filter=detect_secrets.filters.allowlist.is_line_allowlisted',
  ],
  environment: ({ tool }) => ({ PYTHONPATH: tool, PYTHONDONTWRITEBYTECODE: '1' }),
  success: [0],
  read: findingsOf,
};

async function* findingsOf(report: AsyncIterable<Uint8Array>, tree: Tree): AsyncIterable<RawLine> {
  for await (const line of ownReport(detectSecretsReport, report)) {
    if (!('finding' in line)) continue;
    const { sha1, ...finding } = line.finding;
    const secret = sha1 === undefined ? undefined : await valueOf(tree, finding, sha1);
    yield { finding: { ...finding, ...(secret !== undefined && { secret }) } };
  }
}

/** The report has only the SHA-1 of the value: the part of the line that has this digest is it. */
async function valueOf(tree: Tree, { path, line }: RawFinding, digest: string): Promise<string | undefined> {
  if (path === undefined || line === undefined) return undefined;
  const file = await tree.text(posix.relative(tree.root, posix.resolve(tree.root, path)), largestFile);
  const text = file?.split('\n').at(line - 1) ?? '';
  for (const candidate of candidates(text.slice(0, longestLine))) {
    if (createHash('sha1').update(candidate).digest('hex') === digest) return candidate;
  }
  return undefined;
}

/** What stands in quotes, between spaces, or after an assignment; and runs of the letters that keys are made of. */
function candidates(line: string): ReadonlySet<string> {
  const found = new Set<string>();
  const forms = [
    /"([^"]+)"/g,
    /'([^']+)'/g,
    /`([^`]+)`/g,
    /([^\s'"`]+)/g,
    /[=:]\s*([^\s'"`;,]+)/g,
    /:\/\/[^:@/]+:([^@]+)@/g,
    /([\w+/=.-]{8,})/g,
    /(\w{8,})/g,
  ];
  for (const form of forms) for (const match of line.matchAll(form)) found.add(match[1]!).add(match[1]!.replace(/[;,)\]}]+$/, ''));
  return found;
}
