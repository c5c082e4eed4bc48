import { semgrepReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner } from '../scanner.ts';
import { semgrepCommand, semgrepEnvironment, semgrepTool, semgrepUnread } from '../semgrep-engine.ts';

/**
 * Weaknesses in Node.js source, by the rules of njsscan. They are run by semgrep directly: njsscan itself obeys comments in
 * the source, and reports a clean tree with the same exit code when it cannot find semgrep.
 */
export const njsscan: ProgramScanner = {
  kind: 'program',
  name: 'njsscan',
  finds: ['code'],
  tool: semgrepTool,
  ruleset: 'njsscan-1.0',
  adapter: 1,
  reads: (path) => /\.(?:js|jsx|mjs|cjs|ts|tsx)$/i.test(path),
  nothing: 'the tree has no JavaScript or TypeScript files',
  obeys: (path) => /(?:^|\/)\.(?:njsscan|semgrepignore)$/.test(path),
  canary: {
    path: (random) => `${random}/canary.js`,
    content: () =>
      "const app = require('express')();\napp.get('/', (req, res) => eval(req.query.code)); // nosemgrep njsscan-ignore: eval_nodejs\n",
    expects: 'eval_nodejs',
  },
  command: (target) => semgrepCommand(target, `${target.tool}/njsscan/rules/semantic_grep`),
  environment: semgrepEnvironment,
  success: [0],
  read: (report) => ownReport(semgrepReport, report, semgrepUnread),
};
