import { Injectable } from '@nestjs/common';
import { Problem, rows, type Tx } from '@throughline/service';
import { ActionSwitch } from './action-switch.ts';
import { FixRows, type FixRow } from './fix-rows.ts';
import { FixSettingsOf } from './fix-settings.ts';
import type { ProposalView } from './proposal-view.ts';

/** What is approved, as it stands now. */
export interface ApprovedEdit {
  readonly diff: string;
  /** The findings that the line has at this head. */
  readonly baseFindings: readonly string[];
}

/** When a proposal may be carried out. */
@Injectable()
export class ApprovalRules {
  constructor(
    private readonly settings: FixSettingsOf,
    private readonly actions: ActionSwitch,
    private readonly fixes: FixRows,
  ) {}

  /** Throws `Problem` 409 or 429 with what stands in the way. */
  async check(tx: Tx, proposal: ProposalView, latest: FixRow | undefined, seen: string | undefined): Promise<ApprovedEdit> {
    const { diff } = proposal;
    refuseUnfit(proposal, seen);
    const { branches, perHour, cooldownMinutes } = await this.settings.application(proposal.application);
    if (!branches) {
      const way = `PUT /api/v1/remediations/settings/${proposal.application} {"branches": true}`;
      throw new Problem(409, 'not_opted_in', `fixes of ${proposal.application} are only shown: to have them pushed, ${way}`);
    }
    const { paused, by, reason } = await this.actions.read();
    if (paused) throw new Problem(409, 'paused', `all actions are paused by ${by ?? 'somebody'}: ${reason ?? ''}`);
    if (latest?.state === 'undoing') throw new Problem(409, 'undoing', 'the fix is being taken back: wait until that is done');
    refuseTooSoon(proposal, latest, cooldownMinutes);
    if ((await this.fixes.withinHour(tx, proposal.application)) >= perHour)
      throw new Problem(
        429,
        'too_many_fixes',
        `${perHour} fixes of ${proposal.application} were approved within an hour: that is the most`,
        [],
        {
          'retry-after': '600',
        },
      );
    return { diff: diff!, baseFindings: await baseFindings(tx, proposal) };
  }
}

function refuseUnfit({ state, diff, line, incomplete }: ProposalView, seen: string | undefined): void {
  if (!['proposed', 'rejected'].includes(state) || diff === null)
    throw new Problem(409, 'not_proposed', `a proposal that is ${state} has no edit to approve`);
  if (seen !== undefined && seen !== diff)
    throw new Problem(409, 'changed', 'the edit is another one by now: look at it again', [{ pointer: '/diff', detail: `is ${diff} now` }]);
  if (!line.startsWith('refs/heads/'))
    throw new Problem(409, 'not_a_branch', 'fixes are pushed for branches: in a change request its author applies the edit');
  if (incomplete !== null) throw new Problem(409, 'incomplete', `the edit is not complete: ${incomplete}`);
}

function refuseTooSoon({ rejectedAt }: ProposalView, latest: FixRow | undefined, minutes: number): void {
  const ended = latest && ['failed', 'closed', 'undone'].includes(latest.state) ? latest.updated_at : null;
  const since = Math.max(rejectedAt?.getTime() ?? 0, ended?.getTime() ?? 0);
  const leftMs = since + minutes * 60_000 - Date.now();
  if (leftMs <= 0) return;
  const until = new Date(Date.now() + leftMs).toISOString();
  throw new Problem(409, 'cooldown', `the fix was rejected, closed, undone or failed: it can be approved again from ${until}`, [], {
    'retry-after': String(Math.ceil(leftMs / 1000)),
  });
}

/** Without them nobody could say later what the fix brought with it. */
async function baseFindings(tx: Tx, { repository, line, tool, commit }: ProposalView): Promise<readonly string[]> {
  const sql = 'select findings from line_findings where repository = $1 and line = $2 and tool = $3 and commit = $4';
  const [known] = await rows<{ findings: string[] }>(tx, sql, [repository, line, tool, commit]);
  if (known) return known.findings;
  throw new Problem(409, 'not_ready', 'the evaluation of this commit is still being taken in: try again in a moment', [], {
    'retry-after': '2',
  });
}
