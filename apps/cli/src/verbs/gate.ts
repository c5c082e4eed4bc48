import type { GateAnswer } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { aboutOf } from '../about.ts';
import { exitCodes, Refused } from '../exit.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface GateFlags {
  readonly gate: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly pullRequest?: string;
  readonly application?: string;
  readonly wait: string;
  readonly json?: boolean;
}

/** Asks the gate once and waits there, not by polling; returns the exit code. */
export async function askGate(api: Api, flags: GateFlags): Promise<number> {
  const subject = await aboutOf(api, flags);
  if (subject.commit === undefined) throw new Refused('usage', 'name the commit: --commit');
  const wait = Math.min(Number.parseInt(flags.wait, 10) || 0, 50);
  const answer = await api.call<GateAnswer>('POST', 'gate', {
    body: {
      gate: flags.gate,
      subject: {
        ...subject,
        ...(flags.pullRequest === undefined ? {} : { pullRequest: Number(flags.pullRequest) }),
      },
      ...(flags.application === undefined ? {} : { application: flags.application }),
      wait,
    },
    timeoutMs: (wait + 15) * 1000,
  });
  if (flags.json) showJson(answer);
  else showAnswer(answer);
  return exitCodeOf(answer);
}

/** 0 pass or warn, 1 denied, 3 could not decide. */
export function exitCodeOf(answer: Pick<GateAnswer, 'decision'>): number {
  if (answer.decision === 'deny') return exitCodes.denied;
  return answer.decision === 'undecided' ? exitCodes.undecided : exitCodes.pass;
}

function showSuppressions({ suppressions }: GateAnswer): void {
  if (!suppressions) return;
  const { total, named } = suppressions;
  show(`  ${total} ${total === 1 ? 'suppression' : 'suppressions'} in this branch ${total === 1 ? 'was' : 'were'} not applied:`);
  for (const { mark, path, line } of named) show(`    - ${plain(mark)}  ${plain(path)}:${line}`);
  if (total > named.length) show(`    and ${total - named.length} more`);
}

/** The decision as a person reads it: the verdict, then each reason with its findings and its fix. */
export function showAnswer(answer: GateAnswer): void {
  const colour = { pass: 'green', warn: 'yellow', deny: 'red', undecided: 'yellow' } as const;
  show(paint(colour[answer.decision], answer.decision.toUpperCase()));
  for (const reason of answer.reasons) {
    show(`  ${reason.policy}@${reason.version}: ${plain(reason.message)}`);
    for (const finding of reason.findings) show(`    - ${plain(finding.title)}${finding.place ? `  ${plain(finding.place)}` : ''}`);
    if (reason.fix) show(`    fix: ${plain(reason.fix)}`);
  }
  for (const { label, waiver, policy, total } of answer.waived ?? [])
    show(`  exception ${label ?? waiver} keeps ${policy} from objecting to ${total} ${total === 1 ? 'finding' : 'findings'}`);
  showSuppressions(answer);
  for (const missing of answer.missing ?? []) show(`  missing: ${plain(missing)}`);
  if (answer.id) say(`decision ${answer.id}, judged as ${plain(answer.tolerance)}`);
  if (answer.url) say(`look closer: ${plain(answer.url)}`);
  const stopped = answer.reasons.find((reason) => reason.effect === 'deny');
  if (!stopped) return;
  say(`cannot fix it now: ${plain(stopped.waiverLink)}, or \`throughline waive\``);
  const owners = stopped.approvers.length > 0 ? `; it belongs to ${stopped.approvers.map(plain).join(', ')}` : '';
  say(`can approve, once it is asked for: whoever is security or administrator there${owners}`);
}
