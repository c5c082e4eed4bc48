import type { Severity } from '@throughline/contracts';
import { countOf, fieldsOf, jsonItems, textOf } from '../../box/json-items.ts';
import { ReportRefused, type ProgramScanner, type RawFinding, type RawLine } from '../scanner.ts';

const workflows = /^\.github\/(?:workflows\/[^/]+|dependabot)\.ya?ml$|(?:^|\/)action\.ya?ml$/;

const severities: Readonly<Record<string, Severity>> = {
  Unknown: 'low',
  Informational: 'info',
  Low: 'low',
  Medium: 'medium',
  High: 'high',
};

/** Workflows and actions of GitHub. Comments and configuration of the repository are not honoured, nothing is fetched. */
export const zizmor: ProgramScanner = {
  kind: 'program',
  name: 'zizmor',
  finds: ['configuration'],
  tool: { name: 'zizmor', version: '1.32.0', installer: 'pip', present: 'bin/zizmor' },
  ruleset: 'zizmor-1',
  adapter: 1,
  reads: (path) => workflows.test(path),
  nothing: 'the tree has no workflow or action',
  obeys: (path) => /^(?:\.github\/)?zizmor\.ya?ml$/.test(path),
  canary: {
    path: (random) => `.github/workflows/${random}.yml`,
    content: () =>
      'on: push\njobs:\n  canary:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: canary/action@main # zizmor: ignore[unpinned-uses]\n',
    expects: 'unpinned-uses',
  },
  command: ({ tool, tree }) => [
    `${tool}/bin/zizmor`,
    '--offline',
    '--no-config',
    '--no-ignores',
    '--no-progress',
    '--no-exit-codes',
    '--collect=all',
    '--format=json-v1',
    tree,
  ],
  success: [0],
  read: findingsOf,
};

async function* findingsOf(report: AsyncIterable<Uint8Array>): AsyncIterable<RawLine> {
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
