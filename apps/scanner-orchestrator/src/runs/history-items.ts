import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import type { SandboxLevel } from '../runner/sandbox/sandbox.ts';
import { Announcements } from './announcements.ts';
import { EvidenceItems } from './evidence-items.ts';
import { EvidenceRequests, type EvidenceRequest } from './evidence-requests.ts';
import type { HistoryReport } from './history-reports.ts';
import { historian } from './history-scans.ts';
import { ScanItems, type ScanItem } from './scan-items.ts';
import { workKinds } from './work-kinds.ts';

/** The name under which a plan has what the history holds. */
export const historyTool = 'gitleaks-history';
const ruleset = 'gitleaks-history-8';

/** The items of plans about the history, and the facts about them. */
@Injectable()
export class HistoryItems {
  constructor(
    private readonly requests: EvidenceRequests,
    private readonly items: EvidenceItems,
    private readonly scans: ScanItems,
    private readonly announcements: Announcements,
  ) {}

  /** The request while nothing is told about its history; undefined once it is, or when its repository was removed. */
  async awaited(tx: Tx, id: string): Promise<EvidenceRequest | undefined> {
    const request = await this.requests.read(tx, id);
    return request?.state === 'planned' && !(await this.isTold(tx, request)) ? request : undefined;
  }

  /** Whether a base that was asked the same has not been told yet. */
  async isBaseAwaited(tx: Tx, { repository, base, commit }: EvidenceRequest): Promise<boolean> {
    if (base === null || base === commit) return false;
    const [plan] = await rows<{ id: string }>(tx, 'select id from plan where repository = $1 and commit_id = $2', [repository, base]);
    if (!plan) return false;
    const waiting = await rows(
      tx,
      `select 1 from work w join evidence_request r on r.id::text = w.payload::json ->> 'request'
       where w.kind = '${workKinds.scanHistory}' and w.key = $1 and r.plan_id = $2 and w.state <> 'dead' limit 1`,
      [repository, plan.id],
    );
    const preparing = await rows(tx, "select 1 from evidence_request where plan_id = $1 and state = 'preparing' limit 1", [plan.id]);
    return waiting.length + preparing.length > 0;
  }

  async complete(
    tx: Tx,
    id: string,
    { report, findings }: HistoryReport,
    { sandbox, ...run }: { attempts: number; toolVersion: string; durationMs: number; sandbox: SandboxLevel },
  ): Promise<void> {
    const item = await this.add(tx, id);
    if (item) await this.scans.complete(tx, item, { report, findings, components: 0, ecosystems: [], sandbox }, { ...run, cached: false });
  }

  async fail(tx: Tx, id: string, reason: string, attempts: number): Promise<void> {
    const item = await this.add(tx, id);
    if (item) await this.scans.fail(tx, item, reason, attempts);
  }

  /** Adds the item to the plan and announces it: its end follows in the same transaction. */
  private async add(tx: Tx, id: string): Promise<ScanItem | undefined> {
    const [plan] = await rows(tx, 'select p.id from plan p join evidence_request r on r.plan_id = p.id where r.id = $1 for update of p', [
      id,
    ]);
    const request = plan === undefined ? undefined : await this.awaited(tx, id);
    if (!request) return undefined;
    const expected = { tool: historyTool, finds: historian.finds, ruleset, input: request.commit, state: 'planned' as const };
    const { added } = await this.items.add(tx, request, [expected]);
    await this.announcements.announce(tx, request, request.base ?? undefined, {});
    return this.scans.read(tx, added[0]!.id);
  }

  private async isTold(tx: Tx, { plan, ref, rescan }: EvidenceRequest): Promise<boolean> {
    if (rescan) return false;
    const there = await rows(
      tx,
      `select 1 from evidence_item i join evidence_request r on r.id = i.request_id
       where i.plan_id = $1 and i.tool = $2 and i.ruleset = $3 and r.ref = $4 and i.state in ('received', 'evaluated') limit 1`,
      [plan, historyTool, ruleset, ref],
    );
    return there.length > 0;
  }
}
