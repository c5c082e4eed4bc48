import { posix } from 'node:path';
import { actionlintReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner } from '../scanner.ts';

const workflows = /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/;

/** Workflows that are wrong, or that text of strangers gets into. No other program is called; the repository's configuration is not honoured. */
export const actionlint: ProgramScanner = {
  kind: 'program',
  name: 'actionlint',
  finds: ['configuration'],
  tool: {
    ...{ name: 'actionlint', version: '1.7.12', installer: 'go', main: 'github.com/rhysd/actionlint/cmd/actionlint' },
    ...{ files: ['actionlint.yaml'], present: 'bin/actionlint', asked: { megabytes: 6 } },
  },
  ruleset: 'actionlint-1',
  adapter: 1,
  reads: (path) => workflows.test(path),
  nothing: 'the tree has no workflow',
  obeys: (path) => /^\.github\/actionlint\.ya?ml$/.test(path),
  canary: {
    path: (random) => `.github/workflows/${random}.yml`,
    content: () =>
      'on: issues\njobs:\n  canary:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.issue.title }} # actionlint: ignore\n',
    expects: 'untrusted-input',
  },
  command: ({ tool, tree, files }) => [
    ...[`${tool}/bin/actionlint`, `-config-file=${tool}/actionlint.yaml`, '-shellcheck=', '-pyflakes=', '-no-color', '-format={{json .}}'],
    ...files.filter((file) => workflows.test(posix.relative(tree, file))),
  ],
  success: [0, 1],
  read: (report) => ownReport(actionlintReport, report),
};
