import { banditReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner } from '../scanner.ts';

/** Python source. `# nosec`, `.bandit` and the folders it passes over by itself are not honoured. */
export const bandit: ProgramScanner = {
  kind: 'program',
  name: 'bandit',
  finds: ['code'],
  tool: { name: 'bandit', version: '1.9.4', installer: 'pip', present: 'bandit/__main__.py' },
  ruleset: 'bandit-1',
  adapter: 1,
  reads: (path) => path.endsWith('.py'),
  nothing: 'the tree has no Python files',
  obeys: (path) => /(?:^|\/)\.bandit$/.test(path),
  canary: {
    path: (random) => `${random}/canary.py`,
    content: () => 'import subprocess\nsubprocess.call(input(), shell=True)  # nosec\n',
    expects: 'B602',
  },
  command: ({ python, tree }) => [
    ...[python, '-s', '-m', 'bandit', '--quiet', '--recursive', tree, '--format=json', '--exit-zero'],
    // Its own list of excluded folders (.tox, .eggs and others) would be a place to hide in.
    ...['--ignore-nosec', '--exclude=/nothing'],
  ],
  environment: ({ tool }) => ({ PYTHONPATH: tool, PYTHONDONTWRITEBYTECODE: '1' }),
  success: [0],
  read: (report) => ownReport(banditReport, report, 'Python cannot parse this file: it was not checked'),
};
