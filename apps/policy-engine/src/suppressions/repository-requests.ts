import { Injectable } from '@nestjs/common';
import { uuidv7, type ReadSuppression, type ReadSuppressions } from '@throughline/contracts';
import type { Tx } from '@throughline/service';
import { Tolerances } from '../applications/tolerances.ts';
import { PolicyEngineConfig } from '../config.ts';
import { contentDigest } from '../waivers/waiver-content.ts';
import { WaiverRows } from '../waivers/waiver-rows.ts';
import { findingsAt, type FindingsByPath } from './base-findings.ts';
import { Consequences } from './consequences.ts';
import { isOver, requestsOf, type FreshLine, type RepositoryRequest } from './repository-request.ts';
import { SuppressionRows, type SeenLine } from './suppression-rows.ts';

/** Requests of one repository that are open at a time; what comes beyond waits until some are decided. */
const mostOpen = 200;

/** Makes requests for exceptions of what a default branch asks scanners not to say, and ends them with their lines. */
@Injectable()
export class RepositoryRequests {
  constructor(
    private readonly config: PolicyEngineConfig,
    private readonly tolerances: Tolerances,
    private readonly lines: SuppressionRows,
    private readonly waivers: WaiverRows,
    private readonly consequences: Consequences,
  ) {}

  /**
   * Takes up what was read; the same again changes nothing. Without `findings`, lines that speak of a place are left for the
   * next time. What a person refused, and what has run out, is not asked for again by the same line.
   */
  async take(tx: Tx, repository: string, { commit, lines }: ReadSuppressions, findings: FindingsByPath | undefined): Promise<void> {
    await this.lines.lock(tx, repository);
    const seen = await this.lines.seen(tx, repository);
    await this.letGo(tx, repository, seen, new Set(lines.map(({ key }) => key)));
    if (commit === undefined) return;
    const known = new Set(seen.map(({ key }) => key));
    const now = new Date();
    const fresh = lines.filter((line) => line.unread === undefined && !known.has(line.key) && !isOver(line, now));
    const { tolerance } = await this.tolerances.ofRepository(repository);
    const unread = Map.groupBy(
      lines.filter((line) => line.unread !== undefined),
      ({ file }) => file,
    );
    const asking = { repository, commit, tolerance, days: this.config.suppressionDays, now, unread };
    const room = mostOpen - (await this.waivers.openFrom(tx, repository));
    for (const request of requestsOf(placed(fresh, findings), asking).slice(0, Math.max(0, room)))
      await this.request(tx, repository, request);
  }

  private async request(tx: Tx, repository: string, { content, requestedBy, addresses, keys }: RepositoryRequest): Promise<void> {
    const id = uuidv7();
    const digest = contentDigest(id, content);
    await this.waivers.insert(tx, { id, content, digest, requestedBy, writers: [], addresses });
    await this.waivers.note(tx, id, { kind: 'requested', by: requestedBy, digest, note: `read from ${content.origin!.file}` });
    await this.lines.add(tx, repository, id, keys);
    await this.consequences.requested(tx, id);
  }

  /** A waiver covers nothing for a line that is gone, and ends with the last of them. */
  private async letGo(tx: Tx, repository: string, seen: readonly SeenLine[], present: ReadonlySet<string>): Promise<void> {
    const left = seen.filter(({ key }) => !present.has(key));
    if (left.length === 0) return;
    await this.lines.gone(
      tx,
      repository,
      left.map(({ key }) => key),
    );
    const byWaiver = Map.groupBy(left, ({ waiver }) => waiver);
    for (const waiver of [...byWaiver.keys()].sort()) {
      await this.consequences.gone(
        tx,
        waiver,
        byWaiver.get(waiver)!.map(({ key }) => key),
      );
    }
  }
}

function placed(lines: readonly ReadSuppression[], findings: FindingsByPath | undefined): readonly FreshLine[] {
  return lines.flatMap((read): readonly FreshLine[] => {
    if (read.from === undefined) return [{ read }];
    const ids = findings === undefined ? [] : findingsAt(read, findings);
    // A comment that keeps nothing quiet needs no exception.
    return ids.length === 0 ? [] : [{ read, findings: ids }];
  });
}
