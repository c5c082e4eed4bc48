import { Injectable } from '@nestjs/common';
import { make, ScanCompleted, ScanFailed, type Lineage } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import type { ScanResult } from '../runner/scanner-runner.ts';
import { subjectOf } from './announcements.ts';
import { EvidenceItems } from './evidence-items.ts';
import { EvidenceRequests, type EvidenceRequest } from './evidence-requests.ts';

/** An item that is to be scanned, with the request it belongs to. */
export interface ScanItem {
  readonly id: string;
  readonly seq: number;
  readonly tool: string;
  readonly finds: string[];
  readonly ruleset: string;
  readonly input: string;
  readonly request: EvidenceRequest;
}

/** How and when a run came to its result. */
export interface RunDetails {
  readonly attempts: number;
  readonly toolVersion: string;
  readonly cached: boolean;
  readonly durationMs: number;
}

/** Items on their way from planned to received or failed, and the facts about it. */
@Injectable()
export class ScanItems {
  constructor(
    private readonly items: EvidenceItems,
    private readonly requests: EvidenceRequests,
    private readonly outbox: Outbox,
  ) {}

  /** The item while it waits for its scan; undefined once it has ended. */
  async read(tx: Tx, id: string): Promise<ScanItem | undefined> {
    const [row] = await rows<Omit<ScanItem, 'request'> & { request: string }>(
      tx,
      `select id, seq, tool, finds, ruleset, input, request_id as request from evidence_item where id = $1 and state = 'planned'`,
      [id],
    );
    const request = row && (await this.requests.read(tx, row.request));
    return row && request ? { ...row, request } : undefined;
  }

  /** False when the item has ended before, or was removed with its repository. */
  async complete(tx: Tx, item: ScanItem, result: ScanResult, run: RunDetails): Promise<boolean> {
    const { report, findings, components, ecosystems, sandbox } = result;
    const ended = await this.items.end(tx, item.id, { state: 'received', report, findings, components, sandbox, ...run });
    if (!ended) return false;
    const { toolVersion, cached, durationMs } = run;
    const fact = make(ScanCompleted, {
      ...this.about(item),
      ...{ toolVersion, report, findings, components, ecosystems: ecosystems.slice(0, 30), sandbox, cached, durationMs },
      assurance: 'own',
    });
    await this.outbox.add(tx, { fact, deliveryKey: item.id, because: item.request.cause, dataref: report });
    return true;
  }

  async fail(tx: Tx, item: ScanItem, reason: string, attempts: number): Promise<void> {
    const ended = await this.items.end(tx, item.id, { state: 'failed', reason: reason.slice(0, 500), attempts });
    if (!ended) return;
    const fact = make(ScanFailed, { ...this.about(item), reason: reason.slice(0, 500), attempts: Math.max(1, attempts) });
    await this.outbox.add(tx, { fact, deliveryKey: item.id, because: item.request.cause });
  }

  private about({ id, seq, tool, finds, ruleset, request }: ScanItem) {
    const lineage: Lineage = { line: request.ref, tool, ruleset, position: request.position };
    const subject = subjectOf(request, request.base ?? undefined);
    return { subject, seq, run: id, tool, finds, lineage, finishedAt: new Date().toISOString() };
  }
}
