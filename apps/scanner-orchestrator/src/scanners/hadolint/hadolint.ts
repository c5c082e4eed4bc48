import { hadolintReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner } from '../scanner.ts';

const dockerfile = /(?:^|\/)(?:(?:docker|container)file(?:\.[^/]+)?|[^/]+\.(?:docker|container)file)$/i;

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
  read: (report) => ownReport(hadolintReport, report),
};
