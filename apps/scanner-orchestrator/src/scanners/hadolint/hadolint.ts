import type { Severity } from '@throughline/contracts';
import { countOf, fieldsOf, jsonItems, textOf } from '../../box/json-items.ts';
import { ReportRefused, type ProgramScanner, type RawLine } from '../scanner.ts';

const dockerfile = /(?:^|\/)(?:(?:docker|container)file(?:\.[^/]+)?|[^/]+\.(?:docker|container)file)$/i;

const severities: Readonly<Record<string, Severity>> = { error: 'medium', warning: 'low', info: 'info', style: 'info' };

/** Rules whose level says too little about what they cost: running as root, a secret in the environment, `sudo`. */
const weighed: Readonly<Record<string, Severity>> = { DL3002: 'medium', DL3004: 'medium' };

/** Dockerfiles. Exceptions in comments are not honoured; its configuration is looked for in an empty folder only. */
export const hadolint: ProgramScanner = {
  kind: 'program',
  name: 'hadolint',
  finds: ['configuration'],
  tool: { name: 'hadolint', version: '2.15.1', installer: 'pip', present: 'bin/hadolint' },
  ruleset: 'hadolint-2',
  adapter: 1,
  reads: (path) => dockerfile.test(path) && !path.toLowerCase().endsWith('.dockerignore'),
  nothing: 'the tree has no Dockerfile',
  obeys: (path) => /(?:^|\/)\.hadolint\.ya?ml$/.test(path),
  canary: {
    path: (random) => `${random}/Dockerfile`,
    content: () => '# hadolint global ignore=DL3006\n# hadolint ignore=DL3006\nFROM debian\n',
    expects: 'DL3006',
  },
  command: ({ tool, files }) => [`${tool}/bin/hadolint`, '--format=json', '--no-fail', '--no-color', '--disable-ignore-pragma', ...files],
  success: [0],
  read: findingsOf,
};

async function* findingsOf(report: AsyncIterable<Uint8Array>): AsyncIterable<RawLine> {
  for await (const { key, value } of jsonItems(report, ['$.*'])) {
    const fields = fieldsOf(value);
    const rule = textOf(fields?.['code'], 100);
    const level = textOf(fields?.['level'], 20);
    if (typeof key !== 'number' || rule === undefined || level === undefined) throw new ReportRefused('this is no report of hadolint');
    yield {
      finding: {
        class: 'configuration',
        rule,
        // A parse error repeats what it could not parse.
        title: rule === 'DL1000' ? 'The Dockerfile cannot be parsed: it was not checked' : (textOf(fields?.['message'], 300) ?? rule),
        severity: weighed[rule] ?? severities[level] ?? 'low',
        help: rule.startsWith('SC') ? `https://www.shellcheck.net/wiki/${rule}` : `https://github.com/hadolint/hadolint/wiki/${rule}`,
        path: textOf(fields?.['file'], 4096),
        line: countOf(fields?.['line']),
        column: countOf(fields?.['column']),
      },
    };
  }
}
