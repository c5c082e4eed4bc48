import { posix } from 'node:path';
import { zizmorReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner, RawLine, Tree } from '../scanner.ts';

const workflows = /^\.github\/(?:workflows\/[^/]+|dependabot)\.ya?ml$|(?:^|\/)action\.ya?ml$/;

/** The same language elsewhere: zizmor takes these files only by name. */
const elsewhere = /^\.(?:gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;

const largestFile = 1024 * 1024;

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
  yield* ownReport(zizmorReport, report);
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
