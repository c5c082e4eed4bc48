import { semgrepReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner, RawLine } from '../scanner.ts';
import { semgrepCommand, semgrepEnvironment, semgrepTool, semgrepUnread } from '../semgrep-engine.ts';

/** Rules of the operator's own, in semgrep's language: each `.yml` file of the rule folder. */
export const semgrep: ProgramScanner = {
  kind: 'program',
  name: 'semgrep',
  finds: ['code'],
  tool: semgrepTool,
  rules: 'semgrep',
  ruleset: 'own-rules',
  adapter: 1,
  reads: () => true,
  nothing: 'the tree has no files',
  obeys: (path) => /(?:^|\/)\.semgrepignore$/.test(path),
  canary: {
    path: (random) => `${random}/canary.py`,
    content: () => 'throughline_canary("it is found")  # nosemgrep\n',
    expects: 'throughline-canary',
  },
  command: (target) => semgrepCommand(target, target.rules),
  environment: semgrepEnvironment,
  success: [0],
  read: findingsOf,
};

/** A message may quote a part of the source, and so a secret: what a foreign rule says beside its name is left out. */
async function* findingsOf(report: AsyncIterable<Uint8Array>): AsyncIterable<RawLine> {
  for await (const line of ownReport(semgrepReport, report, semgrepUnread)) {
    yield 'finding' in line ? { finding: { ...line.finding, description: undefined } } : line;
  }
}
