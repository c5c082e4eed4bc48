import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { Announcements } from './announcements.ts';
import { BranchHeads } from './branch-heads.ts';
import { EvidenceItems } from './evidence-items.ts';
import { EvidenceRequests, priorityOf, type EvidenceRequest } from './evidence-requests.ts';
import { historian } from './history-scans.ts';
import type { Surveyed } from './survey.ts';
import { workKinds } from './work-kinds.ts';

/** What nobody waits for starts no process of git while somebody waits for the verdict on the push. */
const afterThePushMs = 2_000;

/** Writes the plan of a subject: items, work, announcement, and the comparison it needs, in one transaction. */
@Injectable()
export class PlanWriter {
  constructor(
    private readonly requests: EvidenceRequests,
    private readonly items: EvidenceItems,
    private readonly heads: BranchHeads,
    private readonly announcements: Announcements,
    private readonly work: WorkQueue,
  ) {}

  async write(tx: Tx, request: EvidenceRequest, { base, expected, suppressions }: Surveyed): Promise<void> {
    const plan = await rows(tx, 'select 1 from plan where id = $1 for update', [request.plan]);
    // Removed with its repository while it was surveyed.
    if (plan.length === 0) return;
    const { added } = await this.items.add(tx, request, await this.items.lacking(tx, request, expected));
    await this.requests.settle(tx, request.id, { state: 'planned', ...(base !== undefined && { base }) });
    await this.announcements.announce(tx, request, base, { suppressions });
    const planned = added.filter(({ state }) => state === 'planned');
    const shared = { kind: workKinds.scan, lane: request.repository, priority: priorityOf(request) };
    await this.work.add(tx, ...planned.map(({ id }) => ({ ...shared, payload: { item: id } })));
    if (expected.some(({ tool, state }) => tool === historian.name && state === 'planned')) await this.lookBack(tx, request);
    if (isDefaultHead(request)) await this.readSuppressions(tx, request);
    if (base !== undefined && base !== request.commit) await this.compareWith(tx, request, base, expected);
  }

  /** Nobody waits for what the history holds: it is told when it is known. */
  private async lookBack(tx: Tx, { id, repository }: EvidenceRequest): Promise<void> {
    await this.work.add(tx, { kind: workKinds.scanHistory, key: repository, payload: { request: id }, priority: 'bulk' });
  }

  /** Nobody waits for it: a request for an exception lets nothing through. */
  private async readSuppressions(tx: Tx, { id, repository }: EvidenceRequest): Promise<void> {
    const runAfter = new Date(Date.now() + afterThePushMs);
    await this.work.add(tx, { kind: workKinds.readSuppressions, key: repository, payload: { request: id }, priority: 'bulk', runAfter });
  }

  /** A subject that has evidence keeps it: only one that never got any is told to have failed. */
  async fail(tx: Tx, request: EvidenceRequest, failure: string): Promise<void> {
    const [plan] = await rows<{ empty: boolean }>(tx, 'select through_seq = 0 as empty from plan where id = $1 for update', [request.plan]);
    if (!plan) return;
    await this.requests.settle(tx, request.id, { state: 'failed', failure });
    if (plan.empty) await this.announcements.announce(tx, request, undefined, { failed: failure });
  }

  /** What the base never was asked with the same rules is asked now: without it nobody knows what is new. */
  private async compareWith(tx: Tx, request: EvidenceRequest, base: string, expected: Surveyed['expected']): Promise<void> {
    const { repository, cause } = request;
    if (!(await this.isUnknown(tx, repository, base, expected))) return;
    const ref = request.baseRef ?? request.ref;
    const line = request.pullRequest === null && request.former === base ? request.ref : ref;
    const position = await this.heads.positionOf(tx, { repository, ref: line }, base);
    await this.requests.open(tx, { repository, commit: base, ref: line, via: [request.ref, ref], cause, baseline: { position } });
  }

  private async isUnknown(tx: Tx, repository: string, base: string, expected: Surveyed['expected']): Promise<boolean> {
    const asked = await rows<{ tool: string | null; ruleset: string | null; preparing: boolean }>(
      tx,
      `select i.tool, i.ruleset, r.state = 'preparing' as preparing
       from plan p join evidence_request r on r.plan_id = p.id left join evidence_item i on i.request_id = r.id and i.state <> 'failed' and i.state <> 'unavailable'
       where p.repository = $1 and p.commit_id = $2`,
      [repository, base],
    );
    if (asked.some(({ preparing }) => preparing)) return false;
    return expected
      .filter(({ state }) => state === 'planned')
      .some((item) => !asked.some(({ tool, ruleset }) => tool === item.tool && ruleset === item.ruleset));
  }
}

/** Only what stands on the branch that all others come from asks for something. */
function isDefaultHead({ pullRequest, baseline, ref, baseRef }: EvidenceRequest): boolean {
  return pullRequest === null && !baseline && ref === baseRef;
}
