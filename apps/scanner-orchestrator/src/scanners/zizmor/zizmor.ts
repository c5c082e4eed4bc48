import { posix } from 'node:path';
import type { Severity } from '@throughline/contracts';
import { countOf, fieldsOf, jsonItems, textOf } from '../../box/json-items.ts';
import { ReportRefused, type ProgramScanner, type RawFinding, type RawLine, type Tree } from '../scanner.ts';

const workflows = /^\.github\/(?:workflows\/[^/]+|dependabot)\.ya?ml$|(?:^|\/)action\.ya?ml$/;

/** The same language elsewhere: zizmor takes these files only by name. */
const elsewhere = /^\.(?:gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;

const largestFile = 1024 * 1024;

const severities: Readonly<Record<string, Severity>> = {
  Unknown: 'low',
  Informational: 'info',
  Low: 'low',
  Medium: 'medium',
  High: 'high',
};

/** Workflows and actions of GitHub, Gitea and Forgejo. Comments and configuration of the repository are not honoured, nothing is fetched. */
export const zizmor: ProgramScanner = {
  kind: 'program',
  name: 'zizmor',
  finds: ['configuration'],
  tool: { name: 'zizmor', version: '1.32.0', installer: 'pip', present: 'bin/zizmor' },
  ruleset: 'zizmor-1',
  adapter: 2,
  reads: (path) => workflows.test(path) || elsewhere.test(path),
  nothing: 'the tree has no workflow or action',
  obeys: (path) => /^(?:\.github\/)?zizmor\.ya?ml$/.test(path),
  canary: {
    path: (random) => `.github/workflows/${random}.yml`,
    content: () =>
      'on: push\njobs:\n  canary:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: canary/action@main # zizmor: ignore[unpinned-uses]\n',
    expects: 'unpinned-uses',
  },
  command: ({ tool, tree, files }) => [
    `${tool}/bin/zizmor`,
    '--offline',
    '--no-config',
    '--no-ignores',
    '--no-progress',
    '--no-exit-codes',
    '--collect=all',
    '--format=json-v1',
    tree,
    ...files.filter((file) => elsewhere.test(posix.relative(tree, file))),
  ],
  success: [0],
  read: findingsOf,
};

async function* findingsOf(report: AsyncIterable<Uint8Array>, tree: Tree): AsyncIterable<RawLine> {
  yield* broken(tree);
  for await (const { key, value } of jsonItems(report, ['$.*'])) {
    const fields = fieldsOf(value);
    const rule = textOf(fields?.['ident'], 100);
    const determinations = fieldsOf(fields?.['determinations']);
    if (typeof key !== 'number' || !rule || !determinations) throw new ReportRefused('this is no report of zizmor');
    yield {
      finding: {
        class: 'configuration',
        rule,
        title: capitalised(textOf(fields?.['desc'], 300) ?? rule),
        severity: severities[textOf(determinations['severity'], 20) ?? ''] ?? 'low',
        confidence: textOf(determinations['confidence'], 20)?.toLowerCase(),
        help: textOf(fields?.['url'], 500),
        ...placeOf(fields?.['locations']),
      },
    };
  }
}

/** What is no YAML is passed over by zizmor without a word in its report. */
async function* broken(tree: Tree): AsyncIterable<RawLine> {
  const { parseDocument } = await import('yaml');
  for (const path of tree.files) {
    const text = await tree.text(path, largestFile);
    const readable = text !== undefined && parseDocument(text, { logLevel: 'error', uniqueKeys: false }).errors.length === 0;
    if (readable) continue;
    const title = 'This file is not valid YAML: it was not checked';
    yield { finding: { class: 'configuration', rule: 'file-not-read', title, severity: 'low', path } };
  }
}

/** The primary location; rows and columns count from zero in the report. */
function placeOf(locations: unknown): Pick<RawFinding, 'path' | 'line' | 'endLine' | 'column'> {
  if (!Array.isArray(locations)) return {};
  const all = locations.slice(0, 100).map(fieldsOf);
  const primary = all.find((location) => fieldsOf(location?.['symbolic'])?.['kind'] === 'Primary') ?? all[0];
  const local = fieldsOf(fieldsOf(fieldsOf(primary?.['symbolic'])?.['key'])?.['Local']);
  const span = fieldsOf(fieldsOf(primary?.['concrete'])?.['location']);
  const start = fieldsOf(span?.['start_point']);
  const end = fieldsOf(span?.['end_point']);
  return {
    path: textOf(local?.['verbatim_path'] ?? local?.['given_path'], 4096),
    line: oneBased(start?.['row']),
    endLine: oneBased(end?.['row']),
    column: oneBased(start?.['column']),
  };
}

function oneBased(value: unknown): number | undefined {
  const count = countOf(value, 0);
  return count === undefined ? undefined : count + 1;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
